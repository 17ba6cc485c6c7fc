import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { Parts } from "../../local/parts.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { startBearerTable } from "../support/bearerTable.ts";
import { eventually } from "../support/eventually.ts";
import { type Mood, startIdentityEndpoint } from "../support/identityEndpoint.ts";
import { itAtOnce } from "../support/itAtOnce.ts";
import { holdsTokens, newUser, sidOf, signedInBrowser, signOutIn } from "../support/user.ts";

/*
 * The deployed way: the table is opened by the managed identity, over https. It is driven nowhere else.
 */
const IDENTITY = "5b0c1d2e-3f40-4a51-8b62-7c8d9e0f1a2b";

const parts = new Parts();

/** An identity whose tokens live that many seconds, a table that wants them, and what an app that uses them logs. */
async function startIdentity(life: number) {
  const endpoint = await parts.add(startIdentityEndpoint(IDENTITY));
  endpoint.life = life;
  const table = await parts.add(startBearerTable(IDENTITY, endpoint));
  table.azurite = rig?.azurite;
  const lines: { level: string; message: string }[] = [];
  const onLog = (line: (typeof lines)[number]) => void lines.push(line);
  return { endpoint, table, lines, app: { env: { ...endpoint.env, ...table.env }, onLog } };
}

let rig: Rig;
/** The one that the rig's own instance has. */
let first: Awaited<ReturnType<typeof startIdentity>>;
beforeAll(async () => {
  first = await startIdentity(14);
  rig = await parts.add(startRig(first.app));
  first.table.azurite = rig.azurite;
  // It asked the table before the table had rows.
  await becomes(rig, 200);
  first.lines.length = 0;
});
afterAll(() => parts.stop());

type Served = Pick<FunctionsHost, "url">;
const health = async (host: Served) => (await fetch(`${host.url}/health`)).status;
async function becomes(host: Served, status: number): Promise<void> {
  const deadline = Date.now() + 40_000;
  while ((await health(host)) !== status) {
    if (Date.now() > deadline) throw new Error(`It does not become ${status}.`);
    await sleep(500);
  }
}

itAtOnce(
  "reads, writes and transactions carry tokens that live 14 seconds, and each is used to the full",
  [15_000],
  async (time) => {
    const { endpoint, table, lines } = first;
    const browser = await signedInBrowser(rig);
    const end = Date.now() + time;
    while (Date.now() < end) {
      expect((await browser.get(`${rig.url}/auth/session`)).status).toBe(200);
      await sleep(500);
    }
    await signOutIn(rig, browser);
    expect(await holdsTokens(rig)).toBe(false);
    expect([...table.admitted].sort()).toEqual(
      expect.arrayContaining(["DELETE", "GET", "POST", "POST $batch"]),
    );
    expect(table.refused).toBe(0);
    expect(endpoint.asked.length).toBeLessThan(10);
    expect(lines.filter(({ level }) => level !== "information")).toEqual([]);
  },
);

itAtOnce<Mood>(
  "an identity endpoint that is $one: health and sign-outs answer, and go on when it is well",
  ["silent", "reset", 400, 429, 500],
  async (mood) => {
    const { endpoint, lines, app } = await startIdentity(86_400);
    endpoint.mood = mood;
    const host = await rig.startHost(app);
    const user = newUser(rig);
    const browser = await signedInBrowser(rig, user);

    expect(await health(host)).toBe(503);
    const sid = sidOf(rig, browser, user);
    const signOut = fetch(`${host.url}/auth/logout-callback?sid=${sid}`);
    const retry = () => lines.find(({ message }) => message.includes('"event":"storage.retry"'));
    await eventually(() => retry() !== undefined);
    expect(retry()?.message).toContain('"code":"ERR_MANAGED_IDENTITY_UNAVAILABLE"');
    expect(await holdsTokens(rig, user)).toBe(true);

    endpoint.mood = "well";
    expect((await signOut).status).toBe(200);
    expect(await holdsTokens(rig, user)).toBe(false);
    await becomes(host, 200);
  },
);

itAtOnce<Mood>(
  "an identity endpoint that is $one when the next token is due does not end the process",
  ["silent", 500],
  async (mood) => {
    const { endpoint, app } = await startIdentity(14);
    const host = await rig.startHost(app);
    let exit: unknown;
    void host.exited.then((how) => {
      exit = how;
    });
    expect(await health(host)).toBe(200);
    endpoint.mood = mood;
    const before = endpoint.asked.length;
    await becomes(host, 503);
    expect(endpoint.asked.length).toBeGreaterThan(before);
    endpoint.mood = "well";
    await becomes(host, 200);
    expect(exit).toBeUndefined();
  },
);
