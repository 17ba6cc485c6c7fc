import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import type { Rig } from "../../local/rig.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import { type CrashRig, crashPoints, startCrashRig } from "./crash.ts";
import { aged, readAccountRows, readTable, restoreTable } from "./table.ts";
import {
  ADELE,
  callFrontChannel,
  isSignedIn,
  sessionCookieOf,
  sidOf,
  signedInBrowser,
} from "./user.ts";

export interface Scenario {
  readonly name: string;
  /** Every request it makes to the table, in order. */
  readonly steps: readonly string[];
  readonly begin: (rig: Rig) => Promise<Begun>;
}

interface Begun {
  /** The request that the app dies in. */
  readonly run: () => Promise<{ readonly status: number }>;
  /** The provider's ids of all the sessions there are; the one that `run` is about comes first. */
  readonly sids: readonly string[];
  /** Whoever is signed in already. */
  readonly signedIn?: Browser;
  /** Signs in afterwards. Default: another browser. */
  readonly next?: Browser;
  /** `run` is a sign-out. */
  readonly signsOut?: boolean;
}

/** Kills the app at each write of each scenario, and looks whether what is left is in order. */
export function testCrashes(scenarios: readonly Scenario[]): void {
  let app: CrashRig;
  beforeAll(async () => {
    app = await startCrashRig();
  });
  afterEach(() => restoreTable(app.rig.azurite, []));
  afterAll(() => app?.stop());

  describe.each(scenarios)("$name", ({ name, steps, begin }) => {
    it("consists of these steps", async () => {
      const { run } = await begin(app.rig);
      // Half an hour around midnight (UTC), the used rows of two days are read.
      const taken = (await app.stepsOf(run)).filter((step) => step !== "read used row (2)");
      // What is sent at once arrives in any order.
      expect(taken.sort()).toEqual(steps.toSorted());
    });

    it.each(crashPoints(name, steps))("$title", async (point) => {
      const { rig } = app;
      const { azurite } = rig;
      const { run, sids, signedIn, next = createBrowser(), signsOut } = await begin(rig);
      const cookie = signedIn && sessionCookieOf(rig, signedIn);
      const before = await readAccountRows(azurite);

      await app.crash(point, run);
      const left = await readTable(azurite);
      const after = await readAccountRows(azurite);

      // Who was signed in is so for as long as the tokens are there, and no longer.
      if (cookie) {
        const untouched = after.some(({ rowKey }) => rowKey === before[0]?.rowKey);
        expect(await isSignedIn(rig, cookie)).toBe(untouched);
      }

      // What was stored is signed out by the `sid` that it was stored for.
      const stored = after.filter(({ etag }) => !before.some((row) => row.etag === etag));
      for (const [i, sid] of sids.entries()) {
        expect((await callFrontChannel(rig, sid)).status).toBe(200);
        const keys = (await readAccountRows(azurite)).map(({ rowKey }) => rowKey);
        if (i === 0) for (const { rowKey } of stored) expect(keys).not.toContain(rowKey);
      }
      expect(await readAccountRows(azurite)).toEqual([]);
      if (cookie) expect(await isSignedIn(rig, cookie)).toBe(false);

      // Without that, it is purged when its time has come.
      await restoreTable(azurite, left.map(aged));
      await app.host.runTimer("authPurgeExpired");
      expect(await readTable(azurite)).toEqual([]);

      // Whoever tries again gets an answer, and a sign-out is completed.
      await restoreTable(azurite, left);
      expect((await run()).status).toBeLessThan(500);
      if (signsOut) {
        expect(await readAccountRows(azurite)).toEqual([]);
        if (cookie) expect(await isSignedIn(rig, cookie)).toBe(false);
      }

      // It is in no later sign-in's way, and nothing of all this stays.
      await signedInBrowser(rig, ADELE, next);
      expect((await next.fetch(`${rig.url}/graph/me`)).status).toBe(200);
      for (const sid of [...sids, sidOf(rig, next)]) await callFrontChannel(rig, sid);
      expect(await readAccountRows(azurite)).toEqual([]);
      expect(await isSignedIn(rig, sessionCookieOf(rig, next))).toBe(false);
      await restoreTable(azurite, (await readTable(azurite)).map(aged));
      await app.host.runTimer("authPurgeExpired");
      expect(await readTable(azurite)).toEqual([]);
    });
  });
}
