import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BadRequest, StoreUnavailable } from "../../src/shared/base/errors.ts";
import { TableFault } from "../../src/shared/table/tableFault.ts";
import { type Called, insisting, outcomesOf, PATIENCE_MS, unavailable } from "./insisting.ts";
import { SECOND } from "./samples.ts";

let on: ReturnType<typeof insisting>;
beforeEach(() => {
  on = insisting();
});

const UNAVAILABLE = "StoreUnavailable/ERR_STORE_UNAVAILABLE";

describe("one sign-out", () => {
  it("is one try where nothing is wrong, and leaves nothing behind", async () => {
    const one = on.call("a");
    await on.time.pass(0);
    expect(one).toEqual({ outcome: "done", at: 0 });
    expect(on.signOuts.unfinished()).toEqual([]);
    await on.time.pass(PATIENCE_MS * 2);
    expect(on.began).toEqual([0]);
    expect([...on.logged, ...on.delays]).toEqual([]);
    expect(on.time.sleepers()).toBe(0);
  });

  it("is said to be delayed while a fault lasts, with all others, at most once a minute", async () => {
    on.beAwayUntil(70 * SECOND);
    on.callAll("a", "b", "c");
    const line = ["warn", "signout.delayed", { delayed: 3, error: UNAVAILABLE }];
    await on.time.pass(59 * SECOND);
    expect(on.delays).toEqual([line]);
    await on.time.pass(2 * SECOND);
    expect(on.delays).toEqual([line, line]);
    await on.time.pass(PATIENCE_MS);
    expect(on.delays).toHaveLength(2);
    expect(on.signOuts.unfinished()).toEqual([]);
  });

  it("is not said to be delayed where storage is only slow, or slow again", async () => {
    on.table = unavailable;
    on.call("a");
    await on.time.pass(0);
    const tries = on.holdTries();
    await on.time.pass(250);
    on.call("a");
    tries[0]?.();
    await on.time.pass(PATIENCE_MS / 2);
    expect(on.delays).toEqual([]);
  });

  it("is not said to be delayed once it is given up", async () => {
    on.table = unavailable;
    on.call("a", 61 * SECOND);
    await on.time.pass(62 * SECOND);
    expect(on.delays).toEqual([["warn", "signout.delayed", { delayed: 1, error: UNAVAILABLE }]]);
    expect(on.logged).toHaveLength(1);
  });

  it.each([
    [
      "that grow to five seconds",
      PATIENCE_MS,
      0,
      [0, 250, 750, 1_750, 3_750, 7_750, 12_750, 17_750],
    ],
    ["of a tenth of its patience at most", 10 * SECOND, 0, [0, 250, 750, 1_750, 2_750, 3_750]],
    ["that are not those of all others", PATIENCE_MS, 0.999, [0, 125, 375, 876, 1_877]],
  ])("is tried again after pauses %s", async (_, patience, random, began) => {
    on.table = unavailable;
    on.random = random;
    on.call("a", patience);
    await on.time.pass((began.at(-1) ?? 0) + 1);
    expect(on.began.map(Math.round)).toEqual(began);
  });

  it("is done soon after the table is back, however long it was away", async () => {
    const away = fc.integer({ min: 0, max: 94 * SECOND });
    const chance = fc.double({ min: 0, max: 0.999, noNaN: true });
    const property = fc.asyncProperty(away, chance, async (end, random) => {
      on.beginAnew();
      on.random = random;
      on.beAwayUntil(end);
      const one = on.call(`${on.time.now()}`);
      await on.time.pass(PATIENCE_MS);
      expect(one.outcome).toBe("done");
      expect(one.at).toBeLessThanOrEqual(end + 5 * SECOND);
    });
    await fc.assert(property, { numRuns: 30 });
  });

  it("is given up at the end of its patience, in an error line, and not a moment later", async () => {
    on.table = unavailable;
    const one = on.call("a");
    await on.time.pass(PATIENCE_MS - 1);
    expect(one.outcome).toBe("waiting");
    expect(on.signOuts.unfinished()).toEqual(["s.a"]);
    await on.time.pass(SECOND);
    expect(one.outcome).toBeInstanceOf(StoreUnavailable);
    expect(one.outcome).toHaveProperty("message", expect.stringContaining("does not answer"));
    const details = { who: "s.a", reason: "late", error: UNAVAILABLE };
    expect(on.logged).toEqual([["error", "signout.given_up", details]]);
    expect(on.signOuts.unfinished()).toEqual([]);
    const tries = on.began.length;
    await on.time.pass(PATIENCE_MS);
    expect(on.began).toHaveLength(tries);
  });

  it("is given up with what the table service has said", async () => {
    const said = {
      code: "ServerBusy",
      operation: "get",
      table: "t",
      host: "h",
      fix: "Wait.",
    } as const;
    const cause = new TableFault({ ...said, status: 503, requestId: undefined });
    on.table = () => Promise.reject(new StoreUnavailable(undefined, { cause }));
    on.call("a");
    await on.time.pass(PATIENCE_MS + SECOND);
    expect(on.logged).toMatchObject([["error", "signout.given_up", said]]);
  });

  it("is given up also where all others before it are done", async () => {
    on.call("z");
    await on.time.pass(2 * SECOND);
    on.table = unavailable;
    const one = on.call("a");
    await on.time.pass(PATIENCE_MS + SECOND);
    expect(one.outcome).toBeInstanceOf(StoreUnavailable);
  });

  it("is answered then also by a table that says nothing at all", async () => {
    const tries = on.holdTries();
    const one = on.call("a");
    await on.time.pass(PATIENCE_MS);
    expect(one.outcome).toBeInstanceOf(StoreUnavailable);
    // The try comes to its end all the same, and the next call has one of its own.
    const two = on.call("a");
    tries[0]?.();
    await on.time.pass(0);
    expect(on.began).toEqual([0, PATIENCE_MS]);
    tries[1]?.();
    await on.time.pass(0);
    expect(two.outcome).toBe("done");
  });

  it("is not tried again for what no time cures", async () => {
    const used = new BadRequest((say) => say.usedLogoutToken);
    on.table = () => Promise.reject(used);
    const one = on.call("a");
    await on.time.pass(PATIENCE_MS);
    expect(one).toEqual({ outcome: used, at: 0 });
    expect(on.began).toEqual([0]);
  });
});

describe("calls for the same sid", () => {
  it("share one loop", async () => {
    on.beAwayUntil(60 * SECOND);
    const calls = [on.call("a")];
    await on.time.pass(SECOND);
    calls.push(...on.callAll("a", "a"));
    await on.time.pass(PATIENCE_MS);
    expect(outcomesOf(calls)).toEqual(["done", "done", "done"]);
    const { began } = on;
    on.beginAnew();
    on.call("b");
    await on.time.pass(PATIENCE_MS);
    expect(began).toEqual(on.began);
  });

  it("are each answered by a try that began after they had come, of which no two run at once", async () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 1, maxLength: 12 });
    const answers = fc.infiniteStream(
      fc.record({ after: fc.integer({ min: 0, max: 2_000 }), fails: fc.boolean() }),
    );
    const property = fc.asyncProperty(gaps, answers, async (arrivals, stream) => {
      const sid = `${on.time.now()}`;
      const good: { began: number; ended: number }[] = [];
      let running = 0;
      on.table = async () => {
        const began = on.elapsed();
        expect(++running).toBe(1);
        const { after, fails } = stream.next().value;
        await on.time.sleep(after);
        running -= 1;
        if (fails) await unavailable();
        good.push({ began, ended: on.elapsed() });
      };
      const calls: { came: number; called: Called }[] = [];
      for (const gap of arrivals) {
        calls.push({ came: on.elapsed(), called: on.call(sid) });
        await on.time.pass(gap);
      }
      await on.time.pass(PATIENCE_MS * 2);
      for (const { came, called } of calls) {
        const isServed = good.some(({ began, ended }) => began >= came && ended === called.at);
        expect(isServed || called.outcome instanceof StoreUnavailable).toBe(true);
      }
      expect(on.signOuts.unfinished()).toEqual([]);
    });
    await fc.assert(property, { numRuns: 40 });
  });

  it("begin with short pauses again after a try that was good", async () => {
    on.beAwayUntil(SECOND);
    on.call("a");
    await on.time.pass(SECOND);
    const tries = on.holdTries();
    await on.time.pass(750);
    on.call("a");
    tries[0]?.();
    on.table = unavailable;
    await on.time.pass(0);
    const before = on.began.length;
    await on.time.pass(800);
    const [first = 0, ...later] = on.began.slice(before - 1);
    expect(later.map((at) => at - first)).toEqual([250, 750]);
  });

  it("have a patience each, and the loop lives on for the last", async () => {
    on.beAwayUntil(120 * SECOND);
    const first = on.call("a");
    await on.time.pass(50 * SECOND);
    const second = on.call("a");
    await on.time.pass(50 * SECOND);
    expect(first).toMatchObject({ outcome: expect.any(StoreUnavailable), at: PATIENCE_MS });
    expect(second.outcome).toBe("waiting");
    await on.time.pass(50 * SECOND);
    expect(second.outcome).toBe("done");
    expect(on.logged).toHaveLength(1);
  });

  it("have nothing to do with those for another, but for one clock that all are watched by", async () => {
    on.holdTries();
    const one = on.call("a");
    on.call("c");
    await on.time.pass(0);
    expect(on.time.sleepers()).toBe(1);
    on.table = async () => {};
    const two = on.call("b");
    await on.time.pass(0);
    expect(outcomesOf([one, two])).toEqual(["waiting", "done"]);
  });
});
