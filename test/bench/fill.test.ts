import { expect, it } from "@jest/globals";
import { fill } from "../../bench/report/fill.ts";

const DOCUMENT = `# Title
<!-- bench:one -->
old
<!-- /bench -->
Between.
<!-- bench:two -->
<!-- /bench -->
`;

it("puts texts between their marks and leaves the rest alone", () => {
  const filled = fill(
    DOCUMENT,
    new Map([
      ["one", "$1 new"],
      ["two", "| a |"],
    ]),
  );
  expect(filled).toBe(`# Title
<!-- bench:one -->

$1 new

<!-- /bench -->
Between.
<!-- bench:two -->

| a |

<!-- /bench -->
`);
  expect(
    fill(
      filled,
      new Map([
        ["one", "$1 new"],
        ["two", "| a |"],
      ]),
    ),
  ).toBe(filled);
});

it("says which mark has no text, and which text has no mark", () => {
  expect(() => fill(DOCUMENT, new Map([["one", ""]]))).toThrow("bench:two");
  expect(() =>
    fill(
      DOCUMENT,
      new Map([
        ["one", ""],
        ["two", ""],
        ["three", ""],
      ]),
    ),
  ).toThrow("three");
});
