import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { eventually } from "../support/eventually.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import { startTableProxy, type TableProxy } from "../support/tableProxy.ts";
import {
  callFrontChannel,
  homeAccountIdOf,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
} from "../support/user.ts";

/** Their tokens are in no cache after a sign-in. */
const MAIL = "/graph/me/messages";
const CALENDAR =
  "/graph/me/calendarView?startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-01-02T00:00:00Z";
const AT_ONCE = 20;

const rig = watchedRig();
let proxy: TableProxy;
/** Two instances on one table. */
let hosts: FunctionsHost[];
let cookie: string;
let oid: string;
beforeAll(async () => {
  proxy = await startTableProxy(rig.azurite);
  const env = { TOKEN_CACHE_STORAGE: proxy.connectionString };
  hosts = [await rig.startHost({ env }), await rig.startHost({ env })];
  oid = homeAccountIdOf(rig).split(".")[0] ?? "";
});
beforeEach(async () => {
  cookie = sessionCookieOf(rig, await signedInBrowser(rig));
  rig.tenant.requests.length = 0;
  proxy.take();
});
afterEach(async () => {
  proxy.admit = () => true;
  rig.tenant.switches.revokeReusedRefreshTokens = false;
  const headers = { "x-functions-key": rig.host.keys.default };
  await fetch(`${rig.url}/accounts/${homeAccountIdOf(rig)}`, { method: "DELETE", headers });
});
afterAll(() => proxy?.stop());

/** Asks an instance, the first one by default. */
async function get(path: string, instance = 0): Promise<number> {
  const { status, body } = await fetch(`${hosts[instance]?.url}${path}`, { headers: { cookie } });
  await body?.cancel();
  return status;
}

/** All at once, on the instances in turn. */
function getAll(paths: readonly string[], instances = 1): Promise<number[]> {
  const calls = Array.from({ length: AT_ONCE }, (_, i) =>
    get(paths[i % paths.length] ?? "", i % instances),
  );
  return Promise.all(calls);
}

const all = (status: number) => Array.from({ length: AT_ONCE }, () => status);
const writes = () => proxy.take().filter((method) => method !== "GET");

describe("twenty calls at once on one instance", () => {
  it("whose token is missing make one token request and one write", async () => {
    expect(await getAll([MAIL])).toEqual(all(200));
    expect(tokenRequests(rig)).toBe(1);
    expect(writes()).toEqual(["PUT"]);
  });

  it("that need two tokens make two of each", async () => {
    expect(await getAll([MAIL, CALENDAR])).toEqual(all(200));
    expect(tokenRequests(rig)).toBe(2);
    expect(writes()).toEqual(["PUT", "PUT"]);
  });

  it("after a claims challenge make one token request and one write", async () => {
    expect(await get("/graph/me")).toBe(200);
    rig.graph.faults.claimsChallenge(oid);
    expect(await getAll(["/graph/me"])).toEqual(all(200));
    expect(tokenRequests(rig)).toBe(1);
    expect(writes()).toEqual(["PUT"]);
  });

  it("of a user who was revoked make one token request and one deletion", async () => {
    rig.tenant.revoke(oid);
    expect(await getAll([MAIL, CALENDAR])).toEqual(all(401));
    expect(tokenRequests(rig)).toBe(1);
    expect(writes()).toEqual(["DELETE"]);
  });
});

describe("twenty calls at once on two instances", () => {
  it("make a token request each, and none fails", async () => {
    expect(await getAll([MAIL], 2)).toEqual(all(200));
    expect(tokenRequests(rig)).toBeLessThanOrEqual(2);
  });

  it("after a claims challenge, for several scopes, do not fail either", async () => {
    await getAll([MAIL, CALENDAR, "/graph/me"], 2);
    rig.graph.faults.claimsChallenge(oid);
    expect(await getAll([MAIL, CALENDAR, "/graph/me"], 2)).toEqual(all(200));
  });

  it("where a refresh token may be used once: who comes second takes what the first has stored", async () => {
    rig.tenant.switches.revokeReusedRefreshTokens = true;
    const written = Promise.withResolvers<void>();
    proxy.admit = async ({ method }, moment) => {
      if (method === "PUT" && moment === "before commit") await written.promise;
      return true;
    };
    const first = get(MAIL);
    await eventually(() => tokenRequests(rig) === 1);
    const second = get(MAIL, 1);
    await eventually(() => tokenRequests(rig) === 2);
    written.resolve();
    expect(await Promise.all([first, second])).toEqual([200, 200]);
    expect(await readAccountRows(rig.azurite)).toHaveLength(1);
  });
});

describe("whatever is in flight when the user signs out", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["elsewhere", () => callFrontChannel(rig, sid)],
    [
      "here",
      () =>
        fetch(`${rig.url}/auth/signout`, {
          method: "POST",
          redirect: "manual",
          headers: { cookie, "sec-fetch-site": "same-origin", origin: rig.url },
        }),
    ],
    [
      "by an operator",
      () =>
        fetch(`${rig.url}/accounts/${homeAccountIdOf(rig)}`, {
          method: "DELETE",
          headers: { "x-functions-key": rig.host.keys.default },
        }),
    ],
  ])("%s gets no token, and nothing is stored again", async (_, signOut) => {
    const browser = await signedInBrowser(rig);
    cookie = sessionCookieOf(rig, browser);
    sid = sidOf(rig, browser);
    const before = tokenRequests(rig);
    const release = rig.tenant.holdTokenEndpoint();
    const calls = getAll([MAIL, CALENDAR, "/graph/me/messages?$top=1"], 2);
    await eventually(() => tokenRequests(rig) === before + 2);
    const graph = rig.graph.calls.length;
    await signOut();
    release();
    expect(await calls).toEqual(all(401));
    expect(rig.graph.calls).toHaveLength(graph);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect(await get("/graph/me")).toBe(401);
  });
  let sid: string;
});

itLeaksNothing(() => rig);
