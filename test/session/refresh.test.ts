import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Sessions } from "../../src/shared/session/refresh.ts";
import { Refreshes } from "../../src/shared/session/refreshes.ts";
import { readSession, type SessionRead, writeBack } from "../../src/shared/store/accounts.ts";
import { endGrant } from "../../src/shared/store/endSession.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { signOutByUser } from "../../src/shared/store/signOut.ts";
import {
  instanceOf,
  openSession,
  refOf,
  signIn,
  type TestApp,
  tokenRequests,
  userOf,
} from "../support/app.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const MAIL = ["Mail.Read"];
const READ = ["User.Read"];
const SIGNED_OUT = { code: "ERR_SIGNED_OUT" };

const tenant = sharedTenant({ now: () => now });
let one: TestApp;
let ref: HeldSession;
/** For how long another instance has waited, and what has happened then. Milliseconds. */
let waited: number[];
let meanwhile: () => Promise<unknown>;
/** For how long rounds have waited for each other. */
let apart: number[];
const now = Date.now();
beforeEach(async () => {
  [waited, apart] = [[], []];
  meanwhile = async () => {};
  one = instanceOf(tenant, () => now);
  Object.assign(one.app.store, { sleep: async (ms: number) => void apart.push(ms) });
  ref = refOf(one, await signIn(one));
  tenant.requests.length = 0;
});

const open = (at = ref, app: Sessions = one.app) => openSession({ app }, at);

/** Another process, on the same table. */
function anotherInstance(): Sessions {
  const sleep = async (milliseconds: number) => {
    waited.push(milliseconds);
    await meanwhile();
  };
  return { ...one.app, store: { ...one.app.store, sleep }, refreshes: new Refreshes() };
}

async function read(held = ref): Promise<SessionRead> {
  const found = await readSession(one.app.store, held);
  if (!found) throw new Error("Signed out.");
  return found;
}
const contentOf = async (held?: HeldSession) =>
  JSON.parse(JSON.stringify((await read(held)).content));
const asked = () => tokenRequests(tenant).length;

it("a refresh that nobody disturbs waits for nothing, writes once, and says so in the log", async () => {
  const session = await open();
  one.table.operations.length = 0;
  await session.getToken(MAIL);
  expect([one.operations(), apart]).toEqual([["replace"], []]);
  expect(one.logged.at(-1)).toEqual(["info", "token.refreshed", { account: ref.partition, ms: 0 }]);
});

it("a refresh does not stand for the confirmation that another session's dead grant asks for", async () => {
  const other = refOf(one, await signIn(one));
  const session = await open();
  one.table.before = async () => endGrant(one.app.store, other, await read(other), false);
  await session.getToken(MAIL);
  expect((await read()).session.confirmedAt).toBe(0);
});

describe("a refresh at once on another instance", () => {
  it("end with one token: the later finds the earlier one's", async () => {
    const [first, second] = [await open(), await open(ref, anotherInstance())];
    let token: string | undefined;
    one.table.before = async () => {
      token = await second.getToken(MAIL);
    };
    one.table.operations.length = 0;
    const own = await first.getToken(MAIL);
    expect(one.operations()).toEqual(["replace", "replace", "get"]);
    await expect(tenant.verifyAccessToken(own)).resolves.toMatchObject({ oid: userOf(tenant).oid });
    expect(asked()).toBe(2);
    expect([own, token]).toContain(await (await open()).getToken(MAIL));
  });

  it("of different scopes lose nothing: who comes second asks again with what is stored", async () => {
    const [first, second] = [await open(), await open(ref, anotherInstance())];
    one.table.before = () => second.getToken(["Calendars.Read"]);
    await first.getToken(MAIL);
    expect(asked()).toBe(3);
    const after = await open();
    await after.getToken(MAIL);
    await after.getToken(["Calendars.Read"]);
    expect(asked()).toBe(3);
  });

  it("that lose against a second browser's sign-in go beside its tokens, without another request", async () => {
    const session = await open();
    let other: HeldSession | undefined;
    let before: unknown;
    one.table.before = async () => {
      other = refOf(one, await signIn(one));
      before = await contentOf(other);
      tenant.requests.length = 0;
    };
    const token = await session.getToken(MAIL);
    expect(asked()).toBe(0);
    expect(await contentOf(other)).toEqual(before);
    expect(await (await open()).getToken(MAIL)).toBe(token);
    expect(asked()).toBe(0);
  });

  it("after a challenge never bring a refused token back", async () => {
    const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });
    const [calendar, other] = [["Calendars.Read"], ["Files.Read"]];
    const before = await open();
    const refused = [await before.getToken(READ), await before.getToken(calendar)];
    const [first, second] = [await open(), await open(ref, anotherInstance())];
    one.table.before = () => second.getToken(other);
    await first.getToken(READ, claims);
    const after = await open();
    tenant.requests.length = 0;
    expect(refused).not.toContain(await after.getToken(READ));
    expect(asked()).toBe(0);
    for (const scopes of [other, calendar]) {
      expect(refused).not.toContain(await after.getToken(scopes));
    }
  });

  it("that has used the refresh token first, takes what that one has stored, after a second", async () => {
    tenant.switches.revokeReusedRefreshTokens = true;
    const [first, second] = [await open(), await open(ref, anotherInstance())];
    // The first one's tokens are on their way to the table …
    const stored = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    one.table.before = async () => {
      reached.resolve();
      await stored.promise;
    };
    const winner = first.getToken(MAIL);
    await reached.promise;
    one.table.operations.length = 0;
    // … when the second one hears that there is no such refresh token any more.
    meanwhile = async () => {
      stored.resolve();
      await winner;
    };
    expect(await second.getToken(MAIL)).toBe(await winner);
    expect(asked()).toBe(2);
    expect(waited).toEqual([1_000]);
    expect(one.operations()).toEqual(["get"]);
    expect(one.events()).not.toContain("signout.revoked");
  });
});

describe("a refresh that is refused", () => {
  beforeEach(() => tenant.revoke(userOf(tenant).oid));

  it("ends its session, in a line of the log", async () => {
    await expect((await open()).getToken(MAIL)).rejects.toMatchObject(SIGNED_OUT);
    expect(one.logged).toContainEqual([
      "info",
      "signout.revoked",
      { account: ref.partition, ms: 0 },
    ]);
  });

  it("leaves alone what another tab has stored at that moment, and asks once more", async () => {
    const session = await open();
    one.table.before = async () => {
      const found = await read();
      const { user, cache } = found.content;
      await writeBack(one.app.store, ref, found, { user, cache });
    };
    await expect(session.getToken(MAIL)).rejects.toMatchObject(SIGNED_OUT);
    expect(asked()).toBe(2);
  });

  it("has nothing to say where its session is gone by then", async () => {
    const session = await open(ref, anotherInstance());
    meanwhile = () => signOutByUser(one.app.store, ref);
    await expect(session.getToken(MAIL)).rejects.toMatchObject(SIGNED_OUT);
    expect(one.events()).not.toContain("signout.revoked");
  });
});
