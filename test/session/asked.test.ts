import { describe, expect, it } from "@jest/globals";
import { type Asked, isInVain, needOf, recent } from "../../src/shared/session/asked.ts";

const NOW = 1_800_000_000_000;
const claims = (name: string, value: string) =>
  JSON.stringify({ access_token: { [name]: { essential: true, value } } });
const need = (scopes: string[] = [], asked?: string, maxAge?: number) =>
  needOf({ scopes, claims: asked, maxAge });

it.each<[string, string, string, boolean]>([
  ["scopes in another order and case", need(["A", "b"]), need(["B", "a"]), true],
  ["another time of a challenge", need([], claims("nbf", "1")), need([], claims("nbf", "2")), true],
  ["other scopes", need(["a"]), need(["b"]), false],
  ["other claims", need([], claims("acrs", "c1")), need([], claims("acrs", "c2")), false],
  ["claims and none", need(["a"], claims("acrs", "c1")), need(["a"]), false],
  ["another age", need([], undefined, 60), need([], undefined, 600), false],
  ["the session alone, and more", need(), need([], undefined, 60), false],
])("a need is told from another one: %s", (_, one, other, same) => {
  expect(one === other).toBe(same);
});

describe("what was asked for", () => {
  const at = (seconds: number): Asked => [need(["a"]), NOW / 1_000 - seconds];

  it.each([
    [1, true],
    [299, true],
    [300, false],
    [301, false],
  ])("%d seconds ago is asked for in vain: %p", (seconds, expected) => {
    expect(isInVain(recent([at(seconds)], NOW), need(["a"]))).toBe(expected);
    expect(isInVain(recent([at(seconds)], NOW), need(["b"]))).toBe(false);
  });

  it("so often, each time something else, is enough", () => {
    const many = Array.from({ length: 20 }, (_, i): Asked => [need([`${i}`]), NOW / 1_000]);
    expect(isInVain(recent(many.slice(0, 7), NOW), need(["new"]))).toBe(false);
    expect(isInVain(recent(many, NOW), need(["new"]))).toBe(true);
    // A cookie has room for as many.
    expect(recent(many, NOW)).toHaveLength(8);
  });
});
