import { beforeEach, describe, expect, it } from "@jest/globals";
import { SealingKeyMissing } from "../../src/shared/base/errors.ts";
import { accountPartition, type HomeAccountId, type Sid } from "../../src/shared/rows/keys.ts";
import { findSession, type SignedInSession } from "../../src/shared/session/session.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { endSession } from "../../src/shared/store/endSession.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
} from "../../src/shared/store/signOut.ts";
import {
  envOf,
  openSession,
  refOf,
  signIn,
  type TestApp,
  testApp,
  tokenRequests,
  tokenRowsOf,
  userOf,
} from "../support/app.ts";
import { CLIENT_ID } from "../support/settings.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const MAIL = ["Mail.Read"];
const READ = ["User.Read"];

const tenant = sharedTenant();
let one: TestApp;
let ref: HeldSession;
beforeEach(async () => {
  one = testApp(envOf(tenant));
  ref = refOf(one, await signIn(one));
  tenant.requests.length = 0;
});

const open = (at = ref) => openSession(one, at);
const asked = () => tokenRequests(tenant).length;
const adele = () => userOf(tenant).oid;
const sid = () => tenant.sessions.at(-1)?.signIns[0]?.sid ?? "";

describe("a sign-out while a refresh is in flight", () => {
  it.each<[string, () => Promise<() => Promise<unknown>>]>([
    ["here", async () => () => signOutByUser(one.app.store, ref)],
    ["elsewhere", async () => () => signOutByFrontChannel(one.app.store, sid() as Sid)],
    [
      "by an operator",
      async () => {
        const { homeAccountId } = (await open()).account;
        const partition = accountPartition(homeAccountId as HomeAccountId);
        return () => signOutByOperator(one.app.store, partition);
      },
    ],
  ])("%s: the fresh token is thrown away", async (_, signOut) => {
    const session = await open();
    one.table.before = await signOut();
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    expect(asked()).toBe(1);
    expect(tokenRowsOf(one)).toEqual([]);
    await expect(open()).rejects.toThrow("Signed out.");
  });

  it("and a new sign-in after it: the old session is over, the new one untouched", async () => {
    const session = await open();
    one.table.before = async () => {
      await signOutByUser(one.app.store, ref);
      await signIn(one);
    };
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    expect(tokenRowsOf(one)).toHaveLength(1);
    expect(tokenRowsOf(one)).not.toContain(`${ref.partition}|c.${ref.generation}`);
  });
});

describe("a grant that was withdrawn", () => {
  it("ends its session, with the tokens, and has the account's others confirmed", async () => {
    const session = await open();
    tenant.revoke(adele());
    one.table.operations.length = 0;
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    expect(tokenRowsOf(one)).toEqual([]);
    expect(one.operations()).toEqual(["get", "remove"]);
    expect(one.events()).toContain("signout.revoked");
  });

  it("does not take a new sign-in of another browser with it", async () => {
    const session = await open();
    tenant.revoke(adele());
    let other: HeldSession | undefined;
    one.table.before = async () => {
      other = refOf(one, await signIn(one));
    };
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
    await expect(open()).rejects.toThrow("Signed out.");
    const token = await (await open(other)).getToken(MAIL);
    await expect(tenant.verifyAccessToken(token)).resolves.toMatchObject({ oid: adele() });
    expect(
      (await readSession(one.app.store, other as HeldSession))?.session.confirmedAt,
    ).toBeGreaterThan(0);
  });
});

describe("refreshes at once on one instance", () => {
  /** The same token is refused, or has expired, for all of them. */
  const CLAIMS = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });

  const openAll = (count = 20) => Promise.all(Array.from({ length: count }, () => open()));
  /** What each of them gets: a token, or the code of an error. */
  const outcomesOf = (sessions: readonly SignedInSession[], ...scopes: string[]) =>
    Promise.all(
      sessions.map((session, i) =>
        session.getToken([scopes[i % scopes.length] ?? ""]).catch((error) => error.code),
      ),
    );

  it("by twenty requests are one token request and one write", async () => {
    const sessions = await openAll();
    one.table.operations.length = 0;
    const tokens = await Promise.all(sessions.map((session) => session.getToken(MAIL)));
    expect(new Set(tokens).size).toBe(1);
    expect(asked()).toBe(1);
    expect(one.operations()).toEqual(["replace"]);
  });

  it("by twenty requests that read and refresh at any time, too", async () => {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, async (_, number) => {
        for (let turn = 0; turn < number; turn++) await new Promise(setImmediate);
        return await (await open()).getToken(MAIL);
      }),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(asked()).toBe(1);
    expect(one.operations().filter((operation) => operation === "replace")).toHaveLength(1);
  });

  it("by one that read before another stored, and asks after that", async () => {
    const [early, late] = [await open(), await open()];
    const token = await early.getToken(MAIL);
    expect(await late.getToken(MAIL)).toBe(token);
    expect(asked()).toBe(1);
  });

  it("after a claims challenge are one token request and one write", async () => {
    const sessions = await openAll();
    const [held] = await Promise.all(sessions.map((session) => session.getToken(READ)));
    tenant.requests.length = 0;
    one.table.operations.length = 0;
    const challenged = async (session: SignedInSession, number: number) => {
      for (let turn = 0; turn < 50 * number; turn++) await new Promise(setImmediate);
      return await session.getToken(READ, CLAIMS);
    };
    const tokens = await Promise.all(sessions.map(challenged));
    expect(new Set(tokens).size).toBe(1);
    expect(tokens).not.toContain(held);
    expect(asked()).toBe(1);
    expect(one.operations().filter((operation) => operation === "replace")).toHaveLength(1);
    // What answers this challenge answers no other, nor this one a second time.
    const other = CLAIMS.replace('"1"', '"2"');
    expect(tokens).not.toContain(await (await open()).getToken(READ, other));
    const again = await open();
    const second = await again.getToken(READ, other);
    expect(await again.getToken(READ, other)).not.toBe(second);
  });

  it("for scopes of their own wait for each other, and none fails", async () => {
    const scopes = ["Mail.Read", "Calendars.Read", "Mail.Send", "Files.Read", "Tasks.Read"];
    const sessions = await openAll();
    const tokens = await outcomesOf(sessions, ...scopes);
    expect(new Set(tokens).size).toBe(scopes.length);
    expect(asked()).toBe(scopes.length);
    const after = await open();
    for (const scope of scopes) expect(tokens).toContain(await after.getToken([scope]));
    expect(asked()).toBe(scopes.length);
  });

  it("all get the provider's refusal, from one request", async () => {
    tenant.switches.tokenFault = { status: 503 };
    const sessions = await openAll();
    const failures = await outcomesOf(sessions, "Calendars.Read", "Mail.Read");
    expect(new Set(failures)).toEqual(new Set(["ERR_PROVIDER_UNAVAILABLE"]));
    expect(asked()).toBe(1);
  });

  it("for other scopes go on when the user has to be asked for some", async () => {
    const [app] = tenant.apps.values();
    if (app) app.consentedScopes = ["User.Read", "Mail.Read"];
    const sessions = await openAll(4);
    const outcomes = await outcomesOf(sessions, "Mail.Send", "Mail.Read");
    if (app) delete app.consentedScopes;
    expect(outcomes[0]).toBe("ERR_INTERACTION_REQUIRED");
    expect(outcomes[2]).toBe("ERR_INTERACTION_REQUIRED");
    expect(outcomes[1]).toBe(outcomes[3]);
    expect(asked()).toBe(2);
  });

  it("of a grant that is dead are one request and one deletion", async () => {
    const sessions = await openAll();
    tenant.revoke(adele());
    one.table.operations.length = 0;
    const outcomes = await outcomesOf(sessions, ...MAIL);
    expect(new Set(outcomes)).toEqual(new Set(["ERR_SIGNED_OUT"]));
    expect(asked()).toBe(1);
    expect(one.operations()).toEqual(["get", "remove"]);
  });

  it("are over with the sign-out that comes before the write, for all who wait", async () => {
    const sessions = await openAll();
    one.table.before = () => signOutByUser(one.app.store, ref);
    const outcomes = await outcomesOf(sessions, "Calendars.Read", ...MAIL);
    expect(new Set(outcomes)).toEqual(new Set(["ERR_SIGNED_OUT"]));
    expect(asked()).toBe(1);
    expect(tokenRowsOf(one)).toEqual([]);
    expect(one.events()).not.toContain("token.refreshed");
  });

  it("give nothing to a session that has left the account meanwhile", async () => {
    const leaving = refOf(one, await signIn(one));
    const [stays, leaves] = [await open(), await open(leaving)];
    await endSession(one.app.store, leaving);
    const release = tenant.holdTokenEndpoint();
    const again = await open();
    const refreshing = [again.getToken(MAIL), leaves.getToken(MAIL), stays.getToken(MAIL)];
    const outcomes = Promise.allSettled(refreshing);
    release();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    await expect(refreshing[1]).rejects.toMatchObject({ code: "ERR_SIGNED_OUT" });
  });

  it("never mix two generations of an account", async () => {
    const old = await open();
    const release = tenant.holdTokenEndpoint();
    const lost = old.getToken(MAIL).catch((error) => error.code);
    await signOutByUser(one.app.store, ref);
    release();
    const before = ref;
    ref = refOf(one, await signIn(one));
    expect(ref.generation).not.toBe(before.generation);
    const token = await (await open()).getToken(MAIL);
    expect(await lost).toBe("ERR_SIGNED_OUT");
    await expect(tenant.verifyAccessToken(token)).resolves.toMatchObject({ oid: adele() });
  });
});

describe("storage that fails in the middle", () => {
  it("keeps the fresh token from being used: it is not stored", async () => {
    const session = await open();
    one.table.down = true;
    await expect(session.getToken(MAIL)).rejects.toMatchObject({ code: "ERR_STORE_UNAVAILABLE" });
  });

  it("gives up after many versions that all came first, with one token request, and blames nobody", async () => {
    const session = await open();
    const key = `${ref.partition}|c.${ref.generation}`;
    const overtake = async () => {
      const row = one.table.rows.get(key);
      if (row) one.table.rows.set(key, { ...row, etag: `${row.etag}'` });
      one.table.before = overtake;
    };
    one.table.before = overtake;
    await expect(session.getToken(MAIL)).rejects.toMatchObject({
      code: "ERR_STORE_UNAVAILABLE",
      message: "Too many changes to this account at once. Try again in a moment.",
    });
    expect(asked()).toBe(1);
  });

  it("a row sealed with a key that is not here leaves it open who is signed in", async () => {
    const other = testApp({
      ...envOf(tenant),
      TOKEN_CACHE_KEYS: `k2:${Buffer.alloc(32, 9).toString("base64")}`,
    });
    const store = { ...other.app.store, table: one.table };
    const session = findSession({ ...other.app, store }, CLIENT_ID, ref);
    await expect(session).rejects.toThrow(SealingKeyMissing);
  });
});
