import { describe, expect, it } from "@jest/globals";
import { together } from "../../src/shared/base/together.ts";

/** Runs that wait to be told how they end. */
function runs() {
  const begun: { items: string; end: (error?: Error) => void }[] = [];
  const call = together<string>((key, items) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const end = (error?: Error) => (error ? reject(error) : resolve());
    begun.push({ items: `${key} ${items.join()}`, end });
    return promise;
  });
  const items = () => begun.map((run) => run.items);
  return { begun, call, items };
}

describe("together", () => {
  it("begins at once, and leaves what comes meanwhile to one more run", async () => {
    const { begun, call, items } = runs();
    const calls = ["a", "b", "c"].map((item) => call("k", item));
    expect(items()).toEqual(["k a"]);
    begun[0]?.end();
    await calls[0];
    await Promise.resolve();
    expect(items()).toEqual(["k a", "k b,c"]);
    const late = call("k", "d");
    begun[1]?.end();
    await Promise.all(calls);
    expect(items()).toEqual(["k a", "k b,c", "k d"]);
    begun[2]?.end();
    await late;
    const again = call("k", "e");
    begun[3]?.end();
    await again;
  });

  it("has a line for each key", () => {
    const { call, items } = runs();
    for (const key of ["k", "l", "k"]) void call(key, "a");
    expect(items()).toEqual(["k a", "l a"]);
  });

  it("fails for those whose run has failed, and for nobody after them", async () => {
    const { begun, call } = runs();
    const [first, second] = [call("k", "a"), call("k", "b")];
    begun[0]?.end(new Error("no answer"));
    await expect(first).rejects.toThrow("no answer");
    begun[1]?.end();
    await expect(second).resolves.toBeUndefined();
  });
});
