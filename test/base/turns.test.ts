import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import fc from "fast-check";
import { createTurns } from "../../src/shared/base/turns.ts";

const LIMITS = { atOnce: 4, ofEach: 2, patience: 5_000 };

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** Something that runs until it is told to end. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const run = jest.fn(() => promise);
  return { run, resolve, reject };
}

const settle = () => jest.advanceTimersByTimeAsync(0);

describe("turns", () => {
  it("leave room for others, however many one has waiting", async () => {
    const turns = createTurns(LIMITS);
    const hanging = Array.from({ length: 10 }, held);
    for (const { run } of hanging) turns.take("a", run).catch(() => {});
    const other = held();
    void turns.take("b", other.run);
    await settle();
    expect(hanging.filter(({ run }) => run.mock.calls.length > 0)).toHaveLength(2);
    expect(other.run).toHaveBeenCalled();
  });

  it("come in the order of asking, also after a failure", async () => {
    const turns = createTurns(LIMITS);
    const [first, second, third, fourth] = [held(), held(), held(), held()];
    const failing = turns.take("a", first.run);
    for (const { run } of [second, third, fourth]) void turns.take("a", run);
    first.reject(new Error("x"));
    await expect(failing).rejects.toThrow("x");
    await settle();
    expect(third.run).toHaveBeenCalled();
    expect(fourth.run).not.toHaveBeenCalled();
  });

  it("that do not come in time are refused, and never run", async () => {
    const turns = createTurns(LIMITS);
    const [first, second, late] = [held(), held(), held()];
    for (const { run } of [first, second]) void turns.take("a", run);
    const refused = expect(turns.take("a", late.run)).rejects.toMatchObject({
      code: "ERR_TOO_MANY_CALLS",
    });
    await jest.advanceTimersByTimeAsync(LIMITS.patience);
    await refused;
    first.resolve("done");
    await settle();
    expect(late.run).not.toHaveBeenCalled();
    expect(jest.getTimerCount()).toBe(0);
  });

  it("keep to both limits, and lose nobody", async () => {
    const keys = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(keys, fc.infiniteStream(fc.nat()), async (asking, order) => {
        const turns = createTurns(LIMITS);
        const running: { key: string; end: (value: string) => void }[] = [];
        const all = asking.map((key) =>
          turns.take(key, () => {
            const { promise, resolve } = Promise.withResolvers<string>();
            running.push({ key, end: resolve });
            return promise;
          }),
        );
        for (let ended = 0; ended < asking.length; ended++) {
          await settle();
          expect(running.length).toBeGreaterThan(0);
          expect(running.length).toBeLessThanOrEqual(LIMITS.atOnce);
          for (const { key } of running) {
            const same = running.filter((one) => one.key === key);
            expect(same.length).toBeLessThanOrEqual(LIMITS.ofEach);
          }
          const at = (order.next().value as number) % running.length;
          running.splice(at, 1)[0]?.end("done");
        }
        expect(await Promise.all(all)).toEqual(asking.map(() => "done"));
      }),
      { numRuns: 50 },
    );
  });
});
