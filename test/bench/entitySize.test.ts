import { expect, it } from "@jest/globals";
import { entitySize } from "../../bench/lib/entitySize.ts";

const KEYS = { partitionKey: "ab", rowKey: "c" };

it("counts 4 bytes, and 2 for each character of the keys", () => {
  expect(entitySize(KEYS)).toBe(4 + 2 * 3);
});

it.each([
  ["text", "four", 4 + 2 * 4],
  ["a whole number", 7, 4],
  ["a fraction", 0.5, 8],
  ["a truth value", true, 1],
  ["bytes", new Uint8Array(100), 4 + 100],
])("counts for a property with %s its name, 8 bytes and its value", (_, value, size) => {
  expect(entitySize({ ...KEYS, name: value }) - entitySize(KEYS)).toBe(8 + 2 * 4 + size);
});
