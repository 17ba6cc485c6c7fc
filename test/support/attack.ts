import { describe, expect, it } from "@jest/globals";
import type { Rig } from "../../local/rig.ts";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { createKeyring, type Keyring } from "../../src/shared/crypto/keyring.ts";
import type { RawAnswer } from "./raw.ts";
import type { WatchedRig } from "./secrets.ts";
import { ADELE } from "./user.ts";

/** How often the app has asked the token endpoint for something. */
export function tokenRequests({ tenant }: Pick<Rig, "tenant">): number {
  return tenant.requests.filter(({ endpoint }) => endpoint === "token").length;
}

/** The app's own keys: what only the app can seal, a test can too. */
export function keyringOf({ env }: Pick<Rig, "env">): Keyring {
  return createKeyring(readSealingKeys(env), (size) =>
    crypto.getRandomValues(new Uint8Array(size)),
  );
}

/** A browser that stands before the post of the provider's answer. */
export async function answeredBrowser({ url }: Pick<Rig, "url">, username = ADELE, query = "") {
  const browser = createBrowser();
  const form = await browser.signIn(`${url}/auth/signin${query}`, username);
  return { browser, form };
}

/** Everything of an answer that whoever gets it can tell apart. */
export function seen({ status, headers, body }: RawAnswer): string {
  const { date: _, ...others } = headers;
  return JSON.stringify([status, others, body]);
}

/** The last test of a file: nothing secret has been said in any of the others. */
export function itLeaksNothing(rig: () => WatchedRig): void {
  describe("in all of this", () => {
    it("no token, code, sid, cookie or key was in a log, a body, a header or a URL of ours", async () => {
      expect((await rig().answers()).length).toBeGreaterThan(0);
      expect(await rig().leaks()).toEqual([]);
    });
  });
}
