import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BadRequest, StoreUnavailable } from "../../src/shared/base/errors.ts";
import type { Log } from "../../src/shared/base/log.ts";
import { type Stubborn, stubborn } from "../../src/shared/store/stubborn.ts";
import { type VirtualTime, virtualTime } from "../support/virtualTime.ts";

const PATIENCE_MS = 100_000;
const SECOND = 1_000;

let time: VirtualTime;
let logged: Parameters<Log>[];
/** What is said while nothing has come to an end. */
let delays: Parameters<Log>[];
let random: number;
let signOuts: Stubborn;
/** When each pass began, in milliseconds. */
let began: number[];
/** What every pass does. */
let table: () => Promise<void>;

beforeEach(() => {
  time = virtualTime();
  start = time.now();
  logged = [];
  delays = [];
  random = 0;
  began = [];
  table = async () => {};
  const log: Log = (...line) => void (line[1] === "signout.delayed" ? delays : logged).push(line);
  signOuts = stubborn(
    { now: time.now, sleep: time.sleep, random: () => random, log },
    { held: 3, loops: 4 },
  );
});

let start = 0;
const elapsed = () => time.now() - start;
const unavailable = () => Promise.reject(new StoreUnavailable());

interface Called {
  outcome: "waiting" | "done" | unknown;
  at: number;
}

function call(sid: string, patience = PATIENCE_MS): Called {
  const called: Called = { outcome: "waiting", at: Number.NaN };
  const pass = (looked: (isKnown: boolean) => void) => {
    began.push(elapsed());
    if (sid.startsWith("made up")) looked(false);
    return table();
  };
  const settle = (outcome: unknown) => Object.assign(called, { outcome, at: elapsed() });
  signOuts.insist({ who: `s.${sid}`, patience, pass }, sid).then(() => settle("done"), settle);
  return called;
}

/** Makes passes wait until their entry is called. */
function heldPasses(): (() => void)[] {
  const passes: (() => void)[] = [];
  table = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    passes.push(resolve);
    return promise;
  };
  return passes;
}

/** A table that is away until then. */
const awayUntil = (end: number) => () => (elapsed() < end ? unavailable() : Promise.resolve());

describe("one sign-out", () => {
  it("is one pass where nothing is wrong, and leaves nothing behind", async () => {
    const one = call("a");
    await time.pass(0);
    expect(one).toEqual({ outcome: "done", at: 0 });
    expect(began).toEqual([0]);
    expect(signOuts.unfinished()).toEqual([]);
    await time.pass(PATIENCE_MS * 2);
    expect([...logged, ...delays]).toEqual([]);
  });

  it("is said to be delayed while a fault lasts, with all others, at most once a minute", async () => {
    table = awayUntil(70 * SECOND);
    for (const sid of ["a", "b", "c"]) call(sid);
    await time.pass(59 * SECOND);
    const line = [
      "warn",
      "signout.delayed",
      { delayed: 3, error: "StoreUnavailable/ERR_STORE_UNAVAILABLE" },
    ];
    expect(delays).toEqual([line]);
    await time.pass(2 * SECOND);
    expect(delays).toEqual([line, line]);
    await time.pass(PATIENCE_MS);
    expect(signOuts.unfinished()).toEqual([]);
    expect(delays).toHaveLength(2);
  });

  it("is not said to be delayed where storage is only slow", async () => {
    heldPasses();
    call("a");
    await time.pass(PATIENCE_MS / 2);
    expect(delays).toEqual([]);
  });

  it("is tried again after pauses that grow to five seconds", async () => {
    table = awayUntil(30 * SECOND);
    const one = call("a");
    await time.pass(PATIENCE_MS);
    expect(began.slice(0, 8)).toEqual([0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750]);
    expect(one).toEqual({ outcome: "done", at: 32_750 });
    expect(logged).toEqual([]);
  });

  it("does not come back together with all the others", async () => {
    table = unavailable;
    random = 0.999;
    call("a");
    await time.pass(2 * SECOND);
    expect(began.map(Math.round)).toEqual([0, 125, 375, 876, 1_877]);
  });

  it("is done soon after the table is back, however long it was away", async () => {
    const away = fc.integer({ min: 0, max: 94 * SECOND });
    await fc.assert(
      fc.asyncProperty(
        away,
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        async (end, chance) => {
          start = time.now();
          random = chance;
          table = awayUntil(end);
          const one = call(`${start}`);
          await time.pass(PATIENCE_MS);
          expect(one.outcome).toBe("done");
          expect(one.at).toBeLessThanOrEqual(end + 5 * SECOND);
        },
      ),
      { numRuns: 30 },
    );
  });

  it("is given up at the end of its patience, in an error line, and not a moment later", async () => {
    table = unavailable;
    const one = call("a");
    await time.pass(PATIENCE_MS - 1);
    expect(one.outcome).toBe("waiting");
    expect(signOuts.unfinished()).toEqual(["s.a"]);
    await time.pass(SECOND);
    expect(one.outcome).toBeInstanceOf(StoreUnavailable);
    expect(logged).toEqual([
      [
        "error",
        "signout.given_up",
        { who: "s.a", reason: "late", error: "StoreUnavailable/ERR_STORE_UNAVAILABLE" },
      ],
    ]);
    expect(signOuts.unfinished()).toEqual([]);
    const passes = began.length;
    await time.pass(PATIENCE_MS);
    expect(began).toHaveLength(passes);
  });

  it("is answered then also by a table that says nothing at all", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    table = () => promise;
    const one = call("a");
    await time.pass(PATIENCE_MS);
    expect(one.outcome).toBeInstanceOf(StoreUnavailable);
    expect(began).toEqual([0]);
    // The pass comes to its end all the same, and the next call has one of its own.
    const two = call("a");
    resolve();
    await time.pass(0);
    expect(two.outcome).toBe("done");
    expect(began).toEqual([0, PATIENCE_MS]);
  });

  it("is not tried again for what no time cures", async () => {
    const used = new BadRequest((say) => say.usedLogoutToken);
    table = () => Promise.reject(used);
    const one = call("a");
    await time.pass(PATIENCE_MS);
    expect(one).toEqual({ outcome: used, at: 0 });
    expect(began).toEqual([0]);
  });
});

describe("calls for the same sid", () => {
  it("share one loop", async () => {
    table = awayUntil(60 * SECOND);
    const calls = [call("a")];
    await time.pass(SECOND);
    calls.push(call("a"), call("a"));
    await time.pass(PATIENCE_MS);
    expect(calls.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    const alone = began.splice(0);
    start = time.now();
    call("b");
    await time.pass(PATIENCE_MS);
    expect(alone).toEqual(began);
  });

  it("are each answered by a pass that began after they had come", async () => {
    const passes = heldPasses();
    const first = call("a");
    await time.pass(10);
    const second = call("a");
    passes[0]?.();
    await time.pass(0);
    expect([first.outcome, second.outcome]).toEqual(["done", "waiting"]);
    expect(began).toEqual([0, 10]);
    const third = call("a");
    passes[1]?.();
    await time.pass(0);
    expect([second.outcome, third.outcome]).toEqual(["done", "waiting"]);
    passes[2]?.();
    await time.pass(0);
    expect(third.outcome).toBe("done");
    expect(began).toHaveLength(3);
  });

  it("are so in every order of calls and passes, of which no two run at once", async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 12 });
    const answers = fc.infiniteStream(
      fc.record({ after: fc.integer({ min: 0, max: 2_000 }), fails: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(gaps, answers, async (arrivals, stream) => {
        const sid = `${time.now()}`;
        const good: { began: number; ended: number }[] = [];
        let running = 0;
        table = async () => {
          const began = elapsed();
          expect(++running).toBe(1);
          const { after, fails } = stream.next().value;
          await time.sleep(after);
          running -= 1;
          if (fails) await unavailable();
          good.push({ began, ended: elapsed() });
        };
        const calls: { came: number; called: Called }[] = [];
        for (const gap of arrivals) {
          calls.push({ came: elapsed(), called: call(sid) });
          await time.pass(gap);
        }
        await time.pass(PATIENCE_MS * 2);
        for (const { came, called } of calls) {
          const isServed = good.some(({ began, ended }) => began >= came && ended === called.at);
          expect(isServed || called.outcome instanceof StoreUnavailable).toBe(true);
        }
        expect(signOuts.unfinished()).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  it("begin with short pauses again after a pass that was good", async () => {
    table = awayUntil(SECOND);
    call("a");
    await time.pass(SECOND);
    const passes = heldPasses();
    await time.pass(750);
    call("a");
    passes[0]?.();
    table = unavailable;
    await time.pass(0);
    const before = began.length;
    await time.pass(800);
    const [first = 0, ...later] = began.slice(before - 1);
    expect(later.map((at) => at - first)).toEqual([250, 750]);
  });

  it("have a patience each, and the loop lives on for the last", async () => {
    table = awayUntil(120 * SECOND);
    const first = call("a");
    await time.pass(50 * SECOND);
    const second = call("a");
    await time.pass(50 * SECOND);
    expect(first).toMatchObject({ outcome: expect.any(StoreUnavailable), at: PATIENCE_MS });
    expect(second.outcome).toBe("waiting");
    await time.pass(50 * SECOND);
    expect(second.outcome).toBe("done");
    expect(logged).toHaveLength(1);
  });

  it("with other sids have nothing to do with one another", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    table = () => promise;
    const one = call("a");
    await time.pass(0);
    table = async () => {};
    const two = call("b");
    await time.pass(0);
    expect([one.outcome, two.outcome]).toEqual(["waiting", "done"]);
    resolve();
  });
});

describe("more calls than are kept waiting", () => {
  it("are answered at once, and worked off all the same", async () => {
    table = awayUntil(90 * SECOND);
    const held = ["a", "a", "b"].map((sid) => call(sid));
    await time.pass(0);
    const others = ["c", "c", "a"].map((sid) => call(sid));
    await time.pass(0);
    for (const { outcome } of others) expect(outcome).toBeInstanceOf(StoreUnavailable);
    expect(held.map(({ outcome }) => outcome)).toEqual(["waiting", "waiting", "waiting"]);
    expect(signOuts.unfinished()).toEqual(["s.a", "s.b", "s.c"]);
    await time.pass(PATIENCE_MS);
    expect(held.map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    expect(signOuts.unfinished()).toEqual([]);
    expect(logged).toEqual([]);
    // There is room again.
    const next = call("c");
    await time.pass(0);
    expect(next.outcome).toBe("done");
  });

  it("are worked off by a pass that began after the last of them", async () => {
    table = unavailable;
    for (const sid of ["x", "x", "x", "a"]) call(sid);
    await time.pass(0);
    const passes = heldPasses();
    await time.pass(250);
    const later = call("a");
    await time.pass(0);
    expect(later.outcome).toBeInstanceOf(StoreUnavailable);
    expect(passes).toHaveLength(2);
    for (const pass of passes) pass();
    await time.pass(0);
    expect(signOuts.unfinished()).toEqual(["s.a"]);
    expect(passes).toHaveLength(3);
    passes[2]?.();
    await time.pass(0);
    expect(signOuts.unfinished()).toEqual([]);
  });

  it("are given up 100 seconds after they came", async () => {
    table = unavailable;
    for (const sid of ["a", "b", "c"]) call(sid, PATIENCE_MS * 2);
    await time.pass(SECOND);
    call("d");
    await time.pass(PATIENCE_MS);
    expect(logged.map(([, , details]) => details)).toMatchObject([{ who: "s.d", reason: "late" }]);
  });
});

it("of the calls for one sid that nobody is kept waiting for, the last stands for all", async () => {
  table = unavailable;
  for (const sid of ["a", "b", "c"]) call(sid, PATIENCE_MS * 3);
  for (let i = 0; i < 5; i++) {
    call("d");
    await time.pass(SECOND);
  }
  await time.pass(PATIENCE_MS - 2 * SECOND);
  expect(logged).toEqual([]);
  await time.pass(2 * SECOND);
  expect(logged.map(([, , details]) => details?.who)).toEqual(["s.d"]);
});

it("who gives a place away does not shorten the patience for a later call", async () => {
  table = unavailable;
  for (let i = 0; i < 3; i++) call("made up");
  await time.pass(10 * SECOND);
  call("made up");
  await time.pass(10 * SECOND);
  call("a", PATIENCE_MS * 2);
  await time.pass(PATIENCE_MS - 11 * SECOND);
  const late = () => logged.filter(([, , details]) => details?.who === "s.made up");
  expect(late()).toHaveLength(1);
  await time.pass(SECOND);
  expect(late()).toHaveLength(2);
});

describe("more sids than are remembered", () => {
  it("are refused at once, in an error line, and those that are known go on", async () => {
    table = awayUntil(50 * SECOND);
    const known = ["a", "b", "c", "d"].map((sid) => call(sid));
    const refused = call("e");
    await time.pass(0);
    expect(refused.outcome).toBeInstanceOf(StoreUnavailable);
    expect(logged).toEqual([
      ["error", "signout.given_up", expect.objectContaining({ who: "s.e", reason: "full" })],
    ]);
    expect(signOuts.unfinished()).not.toContain("s.e");
    await time.pass(PATIENCE_MS);
    expect(known.slice(0, 3).map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
    const again = call("e");
    await time.pass(0);
    expect(again.outcome).toBe("done");
  });
});

describe("sids that storage does not know", () => {
  const waits = (calls: readonly Called[]) => calls.map(({ outcome }) => outcome === "waiting");
  const reports = () => logged.map(([level, event, details]) => [level, event, details?.who]);

  it("give their places to those that it knows, or has not looked for, and raise no alarm", async () => {
    table = awayUntil(50 * SECOND);
    const madeUp = [1, 2, 3, 4, 5].map((i) => call(`made up ${i}`));
    await time.pass(0);
    expect(waits(madeUp)).toEqual([true, true, true, false, false]);
    expect(reports()).toEqual([["warn", "signout.no_tombstone", "s.made up 5"]]);
    await time.pass(2 * SECOND);
    expect(delays).toEqual([]);

    const known = ["a", "b", "c", "d", "e"].map((sid) => call(sid));
    await time.pass(0);
    expect(waits(madeUp)).toEqual([false, false, false, false, false]);
    expect(waits(known)).toEqual([true, true, true, false, false]);
    expect(signOuts.unfinished()).toEqual(["s.a", "s.b", "s.c", "s.d"]);
    expect(reports().slice(1)).toEqual([
      ...[1, 2, 3, 4].map((i) => ["warn", "signout.no_tombstone", `s.made up ${i}`]),
      ["error", "signout.given_up", "s.e"],
    ]);
    await time.pass(PATIENCE_MS);
    expect(known.slice(0, 3).map(({ outcome }) => outcome)).toEqual(["done", "done", "done"]);
  });

  it("take no place before storage has failed them, however many there are", async () => {
    const passes = heldPasses();
    const madeUp = Array.from({ length: 50 }, (_, i) => call(`made up ${i}`));
    const known = call("a");
    await time.pass(0);
    for (const pass of passes) pass();
    await time.pass(0);
    expect([...madeUp, known].map(({ outcome }) => outcome)).toEqual(Array(51).fill("done"));
    expect(logged).toEqual([]);
  });
});
