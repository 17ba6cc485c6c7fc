import { AzureNamedKeyCredential, generateAccountSas } from "@azure/data-tables";
import { expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import { storageAdviceFor } from "../../src/shared/table/storageAdvice.ts";
import { shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import { sessionCookieOf, signedInBrowser, signOutByCookie } from "../support/user.ts";

const rig = shared(() => startRig({ onLog: ({ message }) => void lines.push(message) }));
const lines: string[] = [];

type SasOptions = NonNullable<Parameters<typeof generateAccountSas>[1]>;

/** A connection string with a shared access signature, which the table service itself checks. */
function storageWith(options: SasOptions): string {
  const { connectionString, tableUrl } = rig.azurite;
  const [, name = "", key = ""] =
    /AccountName=(.*?);AccountKey=(.*?);/.exec(connectionString) ?? [];
  const sas = generateAccountSas(new AzureNamedKeyCredential(name, key), options);
  return `TableEndpoint=${tableUrl};SharedAccessSignature=${sas}`;
}

/** The permissions raud. */
const ALL = { query: true, add: true, update: true, delete: true };

/** What an app with that signature answers to `/health`, and to the user who signs out. */
async function tryOut(options: SasOptions, browser: Browser): Promise<readonly number[]> {
  const { url } = await rig.startHost({ env: { TOKEN_CACHE_STORAGE: storageWith(options) } });
  const health = await fetch(`${url}/health`);
  const signOut = await signOutByCookie({ url }, sessionCookieOf(rig, browser));
  return [health.status, signOut.status];
}

/** What the table service says to a signature that does not do. */
const INSUFFICIENT: readonly (readonly [code: string, SasOptions])[] = [
  ["AuthorizationPermissionMismatch", { permissions: { query: true, list: true } }],
  ["AuthorizationPermissionMismatch", { permissions: { ...ALL, delete: false } }],
  ["AuthorizationResourceTypeMismatch", { permissions: ALL, resourceTypes: "s" }],
];

it("a shared access signature that deletes nothing signs nobody out, and the log says what it lacks", async () => {
  const browser = await signedInBrowser(rig);
  lines.length = 0;
  const answers = INSUFFICIENT.map(([, options]) => tryOut(options, browser));
  expect(await Promise.all(answers)).toEqual(INSUFFICIENT.map(() => [503, 503]));
  expect(await readAccountRows(rig.azurite)).toHaveLength(1);
  for (const [code] of INSUFFICIENT) {
    for (const event of ["health.failed", "signout.given_up"]) {
      const said = lines.filter((line) => line.includes(event) && line.includes(`"${code}"`));
      expect(said.join()).toContain(storageAdviceFor(code));
    }
  }

  // The permissions that the advice names are enough.
  expect(await tryOut({ permissions: ALL }, browser)).toEqual([200, 303]);
  expect(await readAccountRows(rig.azurite)).toEqual([]);
});
