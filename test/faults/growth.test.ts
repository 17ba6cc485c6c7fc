import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { LogLine } from "../../local/host/host.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import type { Browser } from "../../local/tenant/browserless.ts";
import type { SessionContent } from "../../src/shared/store/account.ts";
import { roomBeside } from "../../src/shared/store/accountRow.ts";
import { readSession, type SessionRead, writeBack } from "../../src/shared/store/accounts.ts";
import { type HeldSession, sealContent } from "../../src/shared/store/segments.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { Entity, Stored } from "../../src/shared/table/table.ts";
import type { AccessToken } from "../../src/shared/tokens/tokenCache.ts";
import { azuriteStore } from "../support/azuriteStore.ts";
import { eventually } from "../support/eventually.ts";
import { signInSomebody } from "../support/somebody.ts";
import { readAccountRows, restoreTable } from "../support/table.ts";
import { homeAccountIdOf, signedInBrowser, ticketOf } from "../support/user.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let rig: Rig;
const cuts: string[] = [];
beforeAll(async () => {
  const onLog = ({ message }: LogLine) => {
    if (message.includes('"event":"cache.cut"')) cuts.push(message);
  };
  rig = await startRig({ onLog });
});
afterEach(() => restoreTable(rig.azurite, []));
afterAll(() => rig?.stop());

const storeOfRig = () => azuriteStore(rig.azurite, { keys: rig.env.TOKEN_CACHE_KEYS as string });

/** How many access tokens the browser's session has. */
async function heldTokens(browser: Browser): Promise<number> {
  const store = storeOfRig();
  const found = await readSession(store, ticketOf(rig, browser, store.keyring));
  return Object.keys(found?.content.cache.AccessToken ?? {}).length;
}

function accessToken(scope: string, expiresAt: number): AccessToken {
  return {
    home_account_id: homeAccountIdOf(rig),
    environment: "login.microsoftonline.com",
    credential_type: "AccessToken",
    client_id: rig.env.ENTRA_CLIENT_ID as string,
    realm: rig.tenant.tenantId,
    secret: randomBytes(225).toString("base64url"),
    target: scope,
    token_type: "Bearer",
    cached_at: "0",
    expires_on: String(Math.floor(expiresAt / 1_000)),
    extended_expires_on: String(Math.floor(expiresAt / 1_000)),
  };
}

describe("access tokens of ever other scopes", () => {
  it("do not add up in the course of a day", async () => {
    let now = Date.now();
    const store = azuriteStore(rig.azurite, { now: () => now });
    const ref = await signInSomebody(store, 2 * DAY);
    const counts: number[] = [];
    for (let i = 0; i < 6 * 24; i++) {
      now += 10 * MINUTE;
      const found = (await readSession(store, ref)) as SessionRead;
      const { user, cache } = found.content;
      const token = accessToken(`Scope.${i}`, now + HOUR);
      const AccessToken = { ...cache.AccessToken, [token.target]: token };
      expect(await writeBack(store, ref, found, { user, cache: { ...cache, AccessToken } })).toBe(
        true,
      );
      counts.push(Object.keys(AccessToken).length);
    }
    // One every ten minutes that lives for an hour.
    expect(Math.max(...counts)).toBeLessThanOrEqual(7);
  });
});

describe("a session that outgrows its row", () => {
  it("is cut to fit, which the log says, and the user does not notice", async () => {
    const browser = await signedInBrowser(rig);
    const store = storeOfRig();
    const held = ticketOf(rig, browser, store.keyring);
    const found = (await readSession(store, held)) as SessionRead;
    expect(await writeBack(store, held, found, filled(store, held, found.content))).toBe(true);
    const [row] = (await readAccountRows(rig.azurite)) as unknown as [Stored<Entity>];
    expect(row.chunks).toBe(11);
    const before = await heldTokens(browser);

    expect((await browser.fetch(`${rig.url}/graph/me/messages`)).status).toBe(200);
    await eventually(() => cuts.length > 0);
    expect(await heldTokens(browser)).toBeLessThan(before);
    expect(await heldTokens(browser)).toBeGreaterThan(before / 3);

    for (const path of ["me", "me/messages", "me/messages"]) {
      expect((await browser.fetch(`${rig.url}/graph/${path}`)).status).toBe(200);
    }
    expect(cuts).toEqual([expect.stringMatching(/"dropped":\d{3}/)]);
  });

  /** The content with as many other tokens as fit. */
  function filled(
    store: Store,
    held: HeldSession,
    { user, cache }: SessionContent,
  ): SessionContent {
    const expiresAt = Date.now() + 2 * HOUR;
    const others = Array.from({ length: 4_000 }, (_, i) => accessToken(`Other.${i}`, expiresAt));
    const filledWith = (count: number) => {
      const entries = others.slice(0, count).map((token) => [token.target, token]);
      const AccessToken = { ...cache.AccessToken, ...Object.fromEntries(entries) };
      return { user, cache: { ...cache, AccessToken } };
    };
    const fitsWith = (count: number) => {
      let isCut = false;
      const log = () => {
        isCut = true;
      };
      sealContent({ ...store, log }, held, filledWith(count), roomBeside([]));
      return !isCut;
    };
    let [fits, tooMany] = [0, others.length];
    while (tooMany - fits > 1) {
      const count = (fits + tooMany) >> 1;
      if (fitsWith(count)) fits = count;
      else tooMany = count;
    }
    return filledWith(fits);
  }
});
