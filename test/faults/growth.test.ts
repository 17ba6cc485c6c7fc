import { randomBytes } from "node:crypto";
import { expect, it } from "@jest/globals";
import { startRig } from "../../local/rig.ts";
import type { SessionContent } from "../../src/shared/store/account.ts";
import { roomBeside } from "../../src/shared/store/accountRow.ts";
import { readSession, type SessionRead, writeBack } from "../../src/shared/store/accounts.ts";
import { type HeldSession, sealContent } from "../../src/shared/store/segments.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { AccessToken } from "../../src/shared/tokens/tokenCache.ts";
import { azuriteStore } from "../support/azuriteStore.ts";
import { eventually } from "../support/eventually.ts";
import { shared } from "../support/shared.ts";
import { readAccountRows } from "../support/table.ts";
import { homeAccountIdOf, signedInBrowser, ticketOf } from "../support/user.ts";

const cuts: string[] = [];
const rig = shared(() =>
  startRig({
    onLog: ({ message }) => {
      if (message.includes('"event":"cache.cut"')) cuts.push(message);
    },
  }),
);

function accessToken(target: string): AccessToken {
  const inTwoHours = String(Math.floor(Date.now() / 1_000) + 2 * 60 * 60);
  return {
    home_account_id: homeAccountIdOf(rig),
    environment: "login.microsoftonline.com",
    credential_type: "AccessToken",
    client_id: rig.env.ENTRA_CLIENT_ID as string,
    realm: rig.tenant.tenantId,
    secret: randomBytes(225).toString("base64url"),
    target,
    token_type: "Bearer",
    cached_at: "0",
    expires_on: inTwoHours,
    extended_expires_on: inTwoHours,
  };
}

/** The content with as many other tokens as fit. */
function filled(store: Store, held: HeldSession, { user, cache }: SessionContent): SessionContent {
  const others = Array.from({ length: 4_000 }, (_, i) => accessToken(`Other.${i}`));
  const filledWith = (count: number) => {
    const entries = others.slice(0, count).map((token) => [token.target, token]);
    const AccessToken = { ...cache.AccessToken, ...Object.fromEntries(entries) };
    return { user, cache: { ...cache, AccessToken } };
  };
  const fitsWith = (count: number) => {
    const said: unknown[] = [];
    const logging = { ...store, log: (...line: unknown[]) => void said.push(line) };
    sealContent(logging, held, filledWith(count), roomBeside([]));
    return said.length === 0;
  };
  let [fits, tooMany] = [0, others.length];
  while (tooMany - fits > 1) {
    const count = (fits + tooMany) >> 1;
    if (fitsWith(count)) fits = count;
    else tooMany = count;
  }
  return filledWith(fits);
}

it("a session that outgrows its row is cut to fit, which the log says, and the user does not notice", async () => {
  const browser = await signedInBrowser(rig);
  const store = azuriteStore(rig.azurite, { keys: rig.env.TOKEN_CACHE_KEYS as string });
  const held = ticketOf(rig, browser, store.keyring);
  const read = async () => (await readSession(store, held)) as SessionRead;
  const heldTokens = async () => Object.keys((await read()).content.cache.AccessToken).length;
  const found = await read();
  expect(await writeBack(store, held, found, filled(store, held, found.content))).toBe(true);
  expect(await readAccountRows(rig.azurite)).toMatchObject([{ chunks: 11 }]);
  const before = await heldTokens();

  expect((await browser.fetch(`${rig.url}/graph/me/messages`)).status).toBe(200);
  await eventually(() => cuts.length > 0);
  expect(await heldTokens()).toBeLessThan(before);
  expect(await heldTokens()).toBeGreaterThan(before / 3);

  for (const path of ["me", "me/messages", "me/messages"]) {
    expect((await browser.fetch(`${rig.url}/graph/${path}`)).status).toBe(200);
  }
  expect(cuts).toEqual([expect.stringMatching(/"dropped":\d{3}/)]);
});
