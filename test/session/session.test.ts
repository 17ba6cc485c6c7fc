import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import type { TokenEndpoint } from "../../src/shared/identity/tokenEndpoint.ts";
import type { Generation, PartitionKey } from "../../src/shared/rows/keys.ts";
import { findSession } from "../../src/shared/session/session.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { signOutByUser } from "../../src/shared/store/signOut.ts";
import {
  ADELE,
  envOf,
  openSession,
  refOf,
  signIn,
  type TestApp,
  testApp,
  tokenRequests,
  userOf,
} from "../support/app.ts";
import { CLIENT_ID } from "../support/settings.ts";
import { sharedTenant } from "../support/sharedTenant.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const READ = ["User.Read"];

const tenant = sharedTenant({ now: () => Date.now() + ahead });
let one: TestApp;
let ref: HeldSession;
/** How far the tenant's clock is ahead. Milliseconds. */
let ahead = 0;
beforeEach(async () => {
  one = testApp(envOf(tenant));
  ref = await signInForTenMinutes();
  forget();
});
afterEach(() => {
  ahead = 0;
});

/** The access token of this sign-in lasts for ten minutes, those that follow for a day. */
async function signInForTenMinutes(): Promise<HeldSession> {
  tenant.switches.caeAccessTokenLifetime = 600;
  const cookie = await signIn(one);
  tenant.switches.caeAccessTokenLifetime = 86_400;
  return refOf(one, cookie);
}

function forget(): void {
  tenant.requests.length = 0;
  one.table.operations.length = 0;
}

const open = () => openSession(one, ref);
const asked = () => tokenRequests(tenant);

describe("findSession", () => {
  it("is one point read", async () => {
    const { account, signedInAt, expiresAt } = await open();
    expect(one.operations()).toEqual(["get"]);
    expect(account).toEqual({
      homeAccountId: `${userOf(tenant).oid}.${tenant.tenantId}`,
      tenantId: tenant.tenantId,
      name: "Adele Vance",
      username: ADELE,
      roles: [],
      claims: {},
    });
    expect(expiresAt - signedInAt).toBe(12 * HOUR);
  });

  it.each<[string, () => unknown]>([
    ["after sign-out", () => signOutByUser(one.app.store, ref)],
    ["of another session id", () => (ref = { ...ref, sessionId: "another" })],
    ["of another generation", () => (ref = { ...ref, generation: "another" as Generation })],
    ["of another account", () => (ref = { ...ref, partition: "a.another" as PartitionKey })],
    ["when its time is over", () => one.advance(12 * HOUR)],
  ])("finds nothing %s, in one point read and without any other request", async (_, happen) => {
    await happen();
    forget();
    const session = findSession(one.app, CLIENT_ID, ref);
    await expect(session).resolves.toBeUndefined();
    expect(one.operations()).toEqual(["get"]);
    expect(tenant.requests).toEqual([]);
  });

  it("lists the account's sessions that live, newest first", async () => {
    ahead = 6 * HOUR;
    one.advance(ahead);
    const older = ref;
    ref = refOf(one, await signIn(one));
    expect((await open()).list().map(({ current }) => current)).toEqual([true, false]);
    one.advance(7 * HOUR);
    expect((await open()).list().map(({ current }) => current)).toEqual([true]);
    ref = older;
    await expect(open()).rejects.toThrow("Signed out.");
  });
});

describe("getToken", () => {
  it("gives the token that is held, without any request and without MSAL", async () => {
    one = { ...one, app: { ...one.app, tokens: {} as TokenEndpoint } };
    const session = await open();
    const token = await session.getToken(READ);
    await expect(tenant.verifyAccessToken(token)).resolves.toMatchObject({
      oid: userOf(tenant).oid,
    });
    await expect(session.getToken(["user.read"])).resolves.toBe(token);
    expect(one.operations()).toEqual(["get"]);
    expect(tenant.requests).toEqual([]);
  });

  it("refreshes what is about to expire, and stores it over the version it read", async () => {
    one.advance(6 * MINUTE);
    const token = await (await open()).getToken(READ);
    expect(one.operations()).toEqual(["get", "replace"]);
    expect(asked()).toHaveLength(1);
    await expect((await open()).getToken(READ)).resolves.toBe(token);
    expect(asked()).toHaveLength(1);
    expect(one.events()).toContain("token.refreshed");
  });

  it("refreshes once for each of several scopes in one request", async () => {
    const session = await open();
    const tokens = [
      await session.getToken(["Mail.Read"]),
      await session.getToken(["Calendars.Read"]),
      await session.getToken(["Mail.Read"]),
    ];
    expect(tokens[2]).toBe(tokens[0]);
    expect(asked()).toHaveLength(2);
    expect(one.operations()).toEqual(["get", "replace", "get", "replace", "get"]);
  });

  it("answers a claims challenge with a new token, and forgets all that were held", async () => {
    const session = await open();
    const held = [await session.getToken(READ), await session.getToken(["Mail.Read"])];
    const claims = JSON.stringify({ access_token: { nbf: { value: "1" } } });
    forget();
    const token = await session.getToken(READ, claims);
    expect(held).not.toContain(token);
    expect(asked().map(({ params }) => JSON.parse(params.claims ?? ""))).toEqual([
      expect.objectContaining({ access_token: expect.objectContaining({ nbf: { value: "1" } }) }),
    ]);
    const again = await open();
    await expect(again.getToken(READ)).resolves.toBe(token);
    expect(asked()).toHaveLength(1);
    await expect(again.getToken(["Mail.Read"])).resolves.not.toBe(held[1]);
    expect(asked()[1]?.params.claims).not.toContain("nbf");
  });
});
