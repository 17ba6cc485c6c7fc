import { describe, expect, it } from "@jest/globals";
import { isCovered } from "../../../scripts/mutate/coverage.ts";
import { apply, mutantsOf } from "../../../scripts/mutate/mutants.ts";
import { drawn, plannedIn } from "../../../scripts/mutate/planned.ts";
import { SURVIVORS } from "../../unit/survivors.ts";

const FILE = "src/shared/store/places.ts";

describe("the faults in", () => {
  it.each([
    ["a < b;", ["a <= b;", "a >= b;", ";"]],
    ["a ?? b;", ["a && b;", ";"]],
    ["await a;", ["(a);", ";"]],
    ["if (!a) b();", ["if (true) b();", "if (false) b();", "if ((a)) b();", "if (!a) ;"]],
    ["const a = 1;", ["const a = 2;"]],
    ['const a = "b";', ['const a = "";']],
    ["const a = /^b$/;", ["const a = /b$/;", "const a = /^b/;"]],
    ["const a = { ...b };", ["const a = { ...[] };"]],
    ["const a = () => b;", ["const a = () => undefined;"]],
    ["const a = Math.max(b, c);", ["const a = Math.min(b, c);"]],
    ['import a from "b";', []],
  ])("%s", (code, faults) => {
    expect(
      mutantsOf(code)
        .map((mutant) => apply(mutant, code))
        .sort(),
    ).toEqual(faults.sort());
  });

  it("code with types stand where they stand without", () => {
    const code = "const a = (b: string): number => 1;";
    expect(mutantsOf(code).map((mutant) => apply(mutant, code))).toContain(
      "const a = (b: string): number => 2;",
    );
  });
});

it("a sample is the same for the same seed, and as large as asked for", () => {
  const all = plannedIn(FILE);
  expect(drawn(all, 5, "1")).toHaveLength(5);
  expect(drawn(all, 5, "1")).toEqual(drawn(all, 5, "1"));
  expect(drawn(all, 5, "1")).not.toEqual(drawn(all, 5, "2"));
  expect(drawn(all, Number.POSITIVE_INFINITY, "1")).toEqual(all);
});

it("a place is covered where the innermost range around it was run", () => {
  const ranges = { a: [range(0, 100, 1), range(10, 50, 0), range(20, 30, 2)] };
  const covered = [5, 15, 25, 99, 100].map((at) =>
    isCovered({ test: "", takes: 0, ranges }, "a", at),
  );
  expect(covered).toEqual([true, false, true, true, false]);
});

it("what is listed as a survivor is still a fault", () => {
  const files = [...new Set(SURVIVORS.map(({ file }) => file))];
  const faults = files.flatMap(plannedIn).map(({ file, from, to }) => ({ file, from, to }));
  for (const { file, from, to } of SURVIVORS) expect(faults).toContainEqual({ file, from, to });
});

function range(startOffset: number, endOffset: number, count: number) {
  return { startOffset, endOffset, count };
}
