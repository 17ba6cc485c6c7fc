import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { FunctionsHost } from "../../local/host/host.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { type BearerTable, startBearerTable } from "../support/bearerTable.ts";
import { eventually } from "../support/eventually.ts";
import {
  type IdentityEndpoint,
  type Mood,
  startIdentityEndpoint,
} from "../support/identityEndpoint.ts";
import { readAccountRows } from "../support/table.ts";
import { sidOf, signedInBrowser } from "../support/user.ts";

/*
 * The deployed way: the table is opened by the managed identity, over https. It is driven nowhere else.
 */
const IDENTITY = "5b0c1d2e-3f40-4a51-8b62-7c8d9e0f1a2b";

let endpoint: IdentityEndpoint;
let table: BearerTable;
let rig: Rig;
const lines: { level: string; message: string }[] = [];

beforeAll(async () => {
  endpoint = await startIdentityEndpoint(IDENTITY);
  table = await startBearerTable(IDENTITY, endpoint);
  const env = { ...endpoint.env, ...table.env };
  rig = await startRig({ env, onLog: (line) => void lines.push(line) });
  table.azurite = rig.azurite;
});
beforeEach(() => {
  endpoint.mood = "well";
  lines.length = 0;
});
afterAll(async () => {
  await rig?.stop();
  await table?.stop();
  await endpoint?.stop();
});

const holdsTokens = async () => (await readAccountRows(rig.azurite)).length > 0;
const health = async (host: FunctionsHost) => (await fetch(`${host.url}/health`)).status;
async function becomes(host: FunctionsHost, status: number): Promise<void> {
  const deadline = Date.now() + 40_000;
  while ((await health(host)) !== status) {
    if (Date.now() > deadline) throw new Error(`It does not become ${status}.`);
    await sleep(500);
  }
}
const events = (name: string) =>
  lines.filter(({ message }) => message.startsWith(`{"event":"${name}"`));

it("reads, writes and transactions carry tokens that live 14 seconds, and each is used to the full", async () => {
  endpoint.life = 14;
  const before = endpoint.asked.length;
  const browser = await signedInBrowser(rig);
  const end = Date.now() + 15_000;
  while (Date.now() < end) {
    expect((await browser.get(`${rig.url}/auth/session`)).status).toBe(200);
    await sleep(500);
  }
  const page = await browser.get(`${rig.url}/auth/signout`);
  await browser.submit(page.forms[0], { follow: false });
  expect(await holdsTokens()).toBe(false);
  expect([...table.admitted].sort()).toEqual(
    expect.arrayContaining(["DELETE", "GET", "POST", "POST $batch"]),
  );
  expect(table.refused).toBe(0);
  expect(endpoint.asked.length - before).toBeLessThan(10);
  expect(lines.filter(({ level }) => level !== "information")).toEqual([]);
});

describe("an identity endpoint that", () => {
  const MOODS: Mood[] = ["silent", "reset", 400, 429, 500];

  it.each(MOODS)("is %s: health and sign-outs answer, and go on when it is well", async (mood) => {
    endpoint.life = 86_400;
    const browser = await signedInBrowser(rig);
    const host = await rig.startHost();
    endpoint.mood = mood;

    expect(await health(host)).toBe(503);
    const signOut = fetch(`${host.url}/auth/logout-callback?sid=${sidOf(rig, browser)}`);
    await eventually(() => events("storage.retry").length > 0);
    const [line] = events("storage.retry");
    expect(line?.message).toContain('"code":"ERR_MANAGED_IDENTITY_UNAVAILABLE"');
    expect(await holdsTokens()).toBe(true);

    endpoint.mood = "well";
    expect((await signOut).status).toBe(200);
    expect(await holdsTokens()).toBe(false);
    await becomes(host, 200);
    await host.stop();
  });

  it.each<Mood>(["silent", 500])(
    "is %s when the next token is due does not end the process",
    async (mood) => {
      endpoint.life = 14;
      const host = await rig.startHost();
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
      await host.stop();
    },
  );
});
