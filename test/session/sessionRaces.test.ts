import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Tenant } from "../../local/tenant/tenant.ts";
import { openSession, type SignedInSession } from "../../src/shared/session/session.ts";
import { signOutAccount, signOutElsewhere, signOutHere } from "../../src/shared/signOut.ts";
import type { SessionRef } from "../../src/shared/store/signIn.ts";
import { ADELE, envOf, refOf, signIn, type TestApp, tenantOfApp, testApp } from "../support/app.ts";
import { CLIENT_ID } from "../support/settings.ts";

const MAIL = ["Mail.Read"];

let tenant: Tenant;
let one: TestApp;
let ref: SessionRef;
beforeAll(async () => {
  tenant = await tenantOfApp();
});
beforeEach(async () => {
  one = testApp(envOf(tenant));
  ref = refOf(one, await signIn(one));
  tenant.requests.length = 0;
});
afterEach(() => {
  one.table.before = undefined;
});
afterAll(() => tenant.stop());

async function open(): Promise<SignedInSession> {
  const session = await openSession(one.app.store, one.app.tokens, CLIENT_ID, ref);
  if (!session) throw new Error("Signed out.");
  return session;
}

const tokenRequests = () => tenant.requests.filter(({ endpoint }) => endpoint === "token").length;
const tokenRows = () => [...one.table.rows.keys()].filter((key) => key.includes("|c."));
const homeAccountId = async () => (await open()).account.homeAccountId;
const adele = () => tenant.users.find(({ username }) => username === ADELE)?.oid ?? "";
const logged = () => one.logged.map(([, event]) => event);
const sid = () => tenant.sessions.at(-1)?.signIns[0]?.sid ?? "";

describe("a sign-out while a refresh is in flight", () => {
  it.each<[string, () => Promise<() => Promise<unknown>>]>([
    ["here", async () => () => signOutHere(one.app.store, ref)],
    ["elsewhere", async () => () => signOutElsewhere(one.app.store, sid())],
    [
      "by an operator",
      async () => {
        const id = await homeAccountId();
        return () => signOutAccount(one.app.store, id);
      },
    ],
  ])("%s: the fresh token is thrown away", async (_, signOut) => {
    const session = await open();
    one.table.before = await signOut();
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    expect(tokenRequests()).toBe(1);
    expect(tokenRows()).toEqual([]);
    await expect(open()).rejects.toThrow("Signed out.");
  });

  it("and a new sign-in after it: the old session is over, the new one untouched", async () => {
    const session = await open();
    one.table.before = async () => {
      await signOutHere(one.app.store, ref);
      await signIn(one);
    };
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    expect(tokenRows()).toHaveLength(1);
    expect(tokenRows()).not.toContain(`${ref.partition}|c.${ref.generation}`);
  });
});

describe("a grant that was withdrawn", () => {
  it("ends the account's generation, with all its sessions", async () => {
    const session = await open();
    tenant.revoke(adele());
    one.table.operations.length = 0;
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    expect(tokenRows()).toEqual([]);
    expect(one.table.operations.map((operation) => operation.split(" ")[0])).toEqual(["remove"]);
    expect(logged()).toContain("signout.revoked");
  });

  it("does not take a new sign-in with it: only the version it read is deleted", async () => {
    const session = await open();
    tenant.revoke(adele());
    one.table.before = () => signIn(one);
    const token = await session.getToken(MAIL);
    await expect(tenant.verifyAccessToken(token)).resolves.toMatchObject({ oid: adele() });
    expect(tokenRows()).toHaveLength(1);
    expect(logged()).not.toContain("signout.revoked");
  });
});

describe("two refreshes at once", () => {
  it("end with one token: the later adopts the earlier one's", async () => {
    const [first, second] = [await open(), await open()];
    let token: string | undefined;
    one.table.before = async () => {
      token = await second.getToken(MAIL);
    };
    const adopted = await first.getToken(MAIL);
    expect(adopted).toBe(token);
    expect(tokenRequests()).toBe(2);
  });

  it("of different scopes lose nothing", async () => {
    const [first, second] = [await open(), await open()];
    one.table.before = () => second.getToken(["Calendars.Read"]);
    await first.getToken(MAIL);
    const requests = tokenRequests();
    const after = await open();
    await after.getToken(MAIL);
    await after.getToken(["Calendars.Read"]);
    expect(tokenRequests()).toBe(requests);
  });

  it("by twenty requests all succeed", async () => {
    tenant.switches.requestLoopLimit = Number.POSITIVE_INFINITY;
    const sessions = await Promise.all(Array.from({ length: 20 }, open));
    const tokens = await Promise.all(sessions.map((session) => session.getToken(MAIL)));
    expect(new Set(tokens).size).toBe(1);
  });
});

describe("storage that fails in the middle", () => {
  it("keeps the fresh token from being used: it is not stored", async () => {
    const session = await open();
    one.table.down = true;
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  });

  it("gives up after five versions that all came first", async () => {
    const session = await open();
    const key = `${ref.partition}|c.${ref.generation}`;
    const overtake = async () => {
      const row = one.table.rows.get(key);
      if (row) one.table.rows.set(key, { ...row, etag: `${row.etag}'` });
      one.table.before = overtake;
    };
    one.table.before = overtake;
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
    expect(tokenRequests()).toBe(5);
  });

  it("a row sealed with a retired key is no session", async () => {
    const other = testApp({
      ...envOf(tenant),
      TOKEN_CACHE_KEYS: `k2:${Buffer.alloc(32, 9).toString("base64")}`,
    });
    const store = { ...other.app.store, table: one.table };
    const session = openSession(store, other.app.tokens, CLIENT_ID, ref);
    await expect(session).resolves.toBeUndefined();
    expect(other.logged.map(([level, event]) => `${level} ${event}`)).toEqual([
      "warn cache.unreadable",
    ]);
  });
});
