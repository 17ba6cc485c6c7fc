import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { itLeaksNothing, tokenRequests } from "../support/attack.ts";
import { eventually } from "../support/eventually.ts";
import { watchedRig } from "../support/secrets.ts";
import { readAccountRows } from "../support/table.ts";
import {
  asOperator,
  callFrontChannel,
  oidOf,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
  signOutByCookie,
} from "../support/user.ts";

/** Their tokens are in no cache after a sign-in. */
const MAIL = "/graph/me/messages";
const CALENDAR =
  "/graph/me/calendarView?startDateTime=2026-01-01T00:00:00Z&endDateTime=2026-01-02T00:00:00Z";
const AT_ONCE = 20;

const rig = watchedRig();
/** Two instances on one table. */
let hosts: FunctionsHost[];
let cookie: string;
let sid: string;
beforeAll(async () => {
  hosts = [rig.host, await rig.startHost()];
});
beforeEach(async () => {
  const browser = await signedInBrowser(rig);
  cookie = sessionCookieOf(rig, browser);
  sid = sidOf(rig, browser);
});

/** Asks an instance, the first one by default. */
async function get(path: string, instance = 0): Promise<number> {
  const { status, body } = await fetch(`${hosts[instance]?.url}${path}`, { headers: { cookie } });
  await body?.cancel();
  return status;
}

/** All at once, on the instances in turn. */
function getAll(...paths: [string, string, string]): Promise<number[]> {
  const calls = Array.from({ length: AT_ONCE }, (_, i) => get(paths[i % 3] as string, i % 2));
  return Promise.all(calls);
}

const all = (status: number) => Array.from({ length: AT_ONCE }, () => status);

it("twenty calls at once on two instances, after a claims challenge, for several scopes, do not fail", async () => {
  await getAll(MAIL, CALENDAR, "/graph/me");
  rig.graph.faults.claimsChallenge(oidOf(rig));
  expect(await getAll(MAIL, CALENDAR, "/graph/me")).toEqual(all(200));
});

describe("whatever is in flight when the user signs out", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["elsewhere", () => callFrontChannel(rig, sid)],
    ["here", () => signOutByCookie(rig, cookie)],
    ["by an operator", () => asOperator(rig, "DELETE")],
  ])("%s gets no token, and nothing is stored again", async (_, signOut) => {
    const before = tokenRequests(rig);
    const release = rig.tenant.holdTokenEndpoint();
    const calls = getAll(MAIL, CALENDAR, `${MAIL}?$top=1`);
    await eventually(() => tokenRequests(rig) === before + 2);
    const graph = rig.graph.calls.length;
    await signOut();
    release();
    expect(await calls).toEqual(all(401));
    expect(rig.graph.calls).toHaveLength(graph);
    expect(await readAccountRows(rig.azurite)).toEqual([]);
    expect(await get("/graph/me")).toBe(401);
  });
});

itLeaksNothing(() => rig);
