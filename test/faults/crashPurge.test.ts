import { afterEach, describe, expect, it } from "@jest/globals";
import { crashPoints, startCrashRig } from "../support/crash.ts";
import { shared } from "../support/shared.ts";
import { aged, readAccountRows, readTable, restoreTable } from "../support/table.ts";
import {
  ADELE,
  callFrontChannel,
  isSignedIn,
  sessionCookieOf,
  sessionOf,
  sidOf,
  signedInBrowser,
} from "../support/user.ts";

const STEPS = [
  "list expiry rows",
  "read head",
  "read sid row",
  "read tokens",
  "delete tokens",
  "delete sid row",
  "delete head",
  "delete expiry row",
  "list used rows",
  "delete used row + delete used row",
  "list early sign-out rows",
  "delete early sign-out row",
];

const app = shared(startCrashRig);
afterEach(() => restoreTable(app.rig.azurite, []));

const purge = () => app.host.runTimer("authPurgeExpired");

/** A sign-in, and a sign-out of nobody known, both so long ago that the purge is due. */
async function expiredSignIn() {
  const { rig } = app;
  const browser = await signedInBrowser(rig);
  await callFrontChannel(rig, "nobody's");
  await restoreTable(rig.azurite, (await readTable(rig.azurite)).map(aged));
  return { browser, sid: sidOf(rig, browser), cookie: sessionCookieOf(rig, browser) };
}

describe("the purge", () => {
  it("consists of these steps", async () => {
    await expiredSignIn();
    // What is sent at once arrives in any order.
    expect((await app.stepsOf(purge)).sort()).toEqual(STEPS.toSorted());
    expect(await readTable(app.rig.azurite)).toEqual([]);
  });

  it.each(crashPoints("purge", STEPS))("$title", async (point) => {
    const { rig } = app;
    const { azurite } = rig;
    const { browser, sid, cookie } = await expiredSignIn();
    await app.crash(point, purge);
    const left = await readTable(azurite);
    const tokens = await readAccountRows(azurite);
    expect(await isSignedIn(rig, cookie)).toBe(tokens.length > 0);

    // The next one finishes it.
    await purge();
    expect(await readTable(azurite)).toEqual([]);
    expect(await isSignedIn(rig, cookie)).toBe(false);

    // Tokens that are still there can still be signed out.
    await restoreTable(azurite, left);
    await callFrontChannel(rig, sid);
    expect(await readAccountRows(azurite)).toEqual([]);
    expect(await isSignedIn(rig, cookie)).toBe(false);

    // A sign-in that comes before the next purge outlives it, and can be signed out.
    await restoreTable(azurite, left);
    await signedInBrowser(rig, ADELE, browser);
    await purge();
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: true });
    await callFrontChannel(rig, sid);
    expect(await readAccountRows(azurite)).toEqual([]);
    expect(await sessionOf(rig, browser)).toMatchObject({ signedIn: false });
    await restoreTable(azurite, (await readTable(azurite)).map(aged));
    await purge();
    expect(await readTable(azurite)).toEqual([]);
  });
});
