import { beforeEach, describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { insisting, outcomesOf, PATIENCE_MS, unavailable } from "./insisting.ts";
import { SECOND } from "./samples.ts";

let on: ReturnType<typeof insisting>;
beforeEach(() => {
  on = insisting();
});

const REFUSED = expect.objectContaining({
  code: StoreUnavailable.code,
  message: expect.stringMatching(/^Too many sign-outs are waiting/),
});
const whoLogged = () => on.logged.map(([, , details]) => details?.who);

describe("more calls than are kept waiting", () => {
  it("are answered at once, and worked off all the same", async () => {
    on.beAwayUntil(90 * SECOND);
    const held = on.callAll("a", "a", "b");
    await on.time.pass(0);
    const others = on.callAll("c", "c", "a");
    await on.time.pass(0);
    expect(outcomesOf(others)).toEqual([REFUSED, REFUSED, REFUSED]);
    expect(outcomesOf(held)).toEqual(["waiting", "waiting", "waiting"]);
    expect(on.signOuts.unfinished()).toEqual(["s.a", "s.b", "s.c"]);
    await on.time.pass(PATIENCE_MS);
    expect(outcomesOf(held)).toEqual(["done", "done", "done"]);
    expect(on.signOuts.unfinished()).toEqual([]);
    expect(on.logged).toEqual([]);
    // There is room again.
    const next = on.call("c");
    await on.time.pass(0);
    expect(next.outcome).toBe("done");
  });

  it("are worked off by a try that began after the last of them", async () => {
    on.table = unavailable;
    on.callAll("x", "x", "x", "a");
    await on.time.pass(0);
    const tries = on.holdTries();
    await on.time.pass(250);
    const later = on.call("a");
    await on.time.pass(0);
    expect(later.outcome).toEqual(REFUSED);
    expect(tries).toHaveLength(2);
    for (const answer of tries) answer();
    await on.time.pass(0);
    expect(on.signOuts.unfinished()).toEqual(["s.a"]);
    expect(tries).toHaveLength(3);
    tries[2]?.();
    await on.time.pass(0);
    expect(on.signOuts.unfinished()).toEqual([]);
  });

  it("are given up 100 seconds after they came; of those for one sid the last stands for all", async () => {
    on.table = unavailable;
    for (const sid of ["a", "b", "c"]) on.call(sid, PATIENCE_MS * 3);
    for (let i = 0; i < 5; i++) {
      on.call("d");
      await on.time.pass(SECOND);
    }
    await on.time.pass(PATIENCE_MS - 2 * SECOND);
    expect(on.logged).toEqual([]);
    await on.time.pass(2 * SECOND);
    expect(on.logged).toMatchObject([
      ["error", "signout.given_up", { who: "s.d", reason: "late" }],
    ]);
  });
});

it("more sids than are remembered are refused at once, in an error line, and those that are known go on", async () => {
  on.beAwayUntil(50 * SECOND);
  const known = on.callAll("a", "b", "c", "d");
  const refused = on.call("e");
  await on.time.pass(0);
  expect(refused.outcome).toEqual(REFUSED);
  expect(on.logged).toMatchObject([["error", "signout.given_up", { who: "s.e", reason: "full" }]]);
  expect(on.signOuts.unfinished()).not.toContain("s.e");
  await on.time.pass(PATIENCE_MS);
  expect(outcomesOf(known.slice(0, 3))).toEqual(["done", "done", "done"]);
  const again = on.call("e");
  await on.time.pass(0);
  expect(again.outcome).toBe("done");
});

describe("sids that storage does not know", () => {
  const areWaiting = (calls: Parameters<typeof outcomesOf>[0]) =>
    outcomesOf(calls).map((outcome) => outcome === "waiting");
  const reports = () => on.logged.map(([level, event, details]) => [level, event, details?.who]);

  it("give their places to those that it knows, or has not looked for, and raise no alarm", async () => {
    on.beAwayUntil(50 * SECOND);
    const madeUp = on.callAll(...[1, 2, 3, 4, 5].map((i) => `made up ${i}`));
    await on.time.pass(0);
    expect(areWaiting(madeUp)).toEqual([true, true, true, false, false]);
    expect(reports()).toEqual([["warn", "signout.no_tombstone", "s.made up 5"]]);
    await on.time.pass(2 * SECOND);
    expect(on.delays).toEqual([]);

    const known = on.callAll("a", "b", "c", "d", "e");
    await on.time.pass(0);
    expect(areWaiting(madeUp)).toEqual([false, false, false, false, false]);
    expect(areWaiting(known)).toEqual([true, true, true, false, false]);
    expect(on.signOuts.unfinished()).toEqual(["s.a", "s.b", "s.c", "s.d"]);
    expect(reports().slice(1)).toEqual([
      ...[1, 2, 3, 4].map((i) => ["warn", "signout.no_tombstone", `s.made up ${i}`]),
      ["error", "signout.given_up", "s.e"],
    ]);
    await on.time.pass(PATIENCE_MS);
    expect(outcomesOf(known.slice(0, 3))).toEqual(["done", "done", "done"]);
  });

  it("take no place before storage has failed them, however many there are", async () => {
    const tries = on.holdTries();
    const calls = on.callAll(...Array.from({ length: 50 }, (_, i) => `made up ${i}`), "a");
    await on.time.pass(0);
    for (const answer of tries) answer();
    await on.time.pass(0);
    expect(outcomesOf(calls)).toEqual(Array(51).fill("done"));
    expect(on.logged).toEqual([]);
  });

  it.each([
    ["do not shorten the patience for the last call", 0],
    ["leave nothing of the calls before the last", 1],
  ])("%s when they give a place away", async (_, further) => {
    on.table = unavailable;
    on.callAll("made up", "made up", "made up");
    await on.time.pass(10 * SECOND);
    on.call("made up");
    await on.time.pass(10 * SECOND);
    const known = on.call("a", PATIENCE_MS * 2);
    await on.time.pass(0);
    expect(known.outcome).toBe("waiting");
    for (let i = 0; i < further; i++) on.call("made up");
    await on.time.pass(PATIENCE_MS - (11 - 10 * further) * SECOND);
    expect(whoLogged()).toEqual(["s.made up"]);
    await on.time.pass(SECOND);
    expect(whoLogged()).toEqual(["s.made up", "s.made up"]);
  });
});
