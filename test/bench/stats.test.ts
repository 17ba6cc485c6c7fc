import { describe, expect, it } from "@jest/globals";
import { inTurn } from "../../bench/lib/inTurn.ts";
import { percentile, ratios, summarize } from "../../bench/lib/stats.ts";

describe("percentile", () => {
  it.each([
    [0, 1],
    [0.5, 3],
    [1, 5],
    [0.25, 2],
    [0.125, 1.5],
  ])("at %p lies at %p", (share, expected) => {
    expect(percentile([5, 3, 1, 4, 2], share)).toBe(expected);
  });

  it("sorts by value, not by text, and leaves its input as it was", () => {
    const values = [100, 9, 20];
    expect(percentile(values, 0.5)).toBe(20);
    expect(values).toEqual([100, 9, 20]);
  });

  it("is no number where there are no values", () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe("summarize", () => {
  it("gives the median between its quartiles", () => {
    expect(summarize([1, 2, 3, 4, 5])).toEqual({ median: 3, low: 2, high: 4 });
  });
});

describe("ratios", () => {
  it("compares round with round, so that a slow spell of the machine cancels out", () => {
    expect(ratios([2, 20, 200], [1, 10, 100])).toEqual({ median: 2, low: 2, high: 2 });
  });
});

describe("inTurn", () => {
  it("begins with another one every round, and leaves none out", () => {
    const orders = [0, 1, 2, 3].map((round) => inTurn(["a", "b", "c"], round).join(""));
    expect(orders).toEqual(["abc", "bca", "cab", "abc"]);
  });
});
