import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { newKey, nextStep } from "../../../scripts/keys/rotation.ts";
import { readSealingKeys } from "../../../src/shared/config/sealingKeys.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const KEY = Buffer.alloc(32, 7).toString("base64");
const START = Date.UTC(2026, 10, 30, 9);

const idsIn = (TOKEN_CACHE_KEYS: string) =>
  readSealingKeys({ TOKEN_CACHE_KEYS }).map(({ id }) => id);
const next = (value: string, now: number, hours = 12) =>
  nextStep({ TOKEN_CACHE_KEYS: value }, hours, now).value;

it("makes a key whose id is the day, and no id twice", () => {
  expect(idsIn(newKey(START))).toEqual(["2026-11-30"]);
  expect(idsIn(newKey(START, ["2026-11-30", "2026-11-30-2"]))).toEqual(["2026-11-30-3"]);
  expect(newKey(START)).not.toBe(newKey(START));
});

describe("a rotation", () => {
  it("appends, moves to the front, drops, and begins anew", () => {
    const values = [newKey(START)];
    for (let days = 100; days < 140; days += 10) {
      values.push(next(values.at(-1) ?? "", START + days * DAY));
    }
    expect(values.map(idsIn)).toEqual([
      ["2026-11-30"],
      ["2026-11-30", "2027-03-10"],
      ["2027-03-10", "2026-11-30"],
      ["2027-03-10"],
      ["2027-03-10", "2027-04-09"],
    ]);
  });

  it("never has an instance seal with what one a step behind or ahead cannot open", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 * 24 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 720 }), (waits, hours) => {
        let now = START;
        let before = newKey(now);
        for (const wait of waits) {
          now += wait * HOUR;
          const after = stepOf(before, now, hours);
          for (const [seals, opens] of [
            [before, after],
            [after, before],
          ] as const) {
            expect(opens.split(",")).toContain(seals.split(",")[0]);
          }
          before = after;
        }
      }),
    );
  });

  /** Where it is too early, the value stays. */
  function stepOf(value: string, now: number, hours: number): string {
    try {
      return next(value, now, hours);
    } catch (error) {
      expect((error as Error).message).toMatch(/too new for the old one to go\. Wait until \S+Z /);
      return value;
    }
  }

  it("says what to wait for", () => {
    const [old, recent] = [`2026-01-05:${KEY}`, `2026-02-05:${KEY}`];
    const said = [old, `${old},${recent}`, `${recent},${old}`].map(
      (value) => nextStep({ TOKEN_CACHE_KEYS: value }, 8, START).next,
    );
    expect(said[0]).toMatch(/^Wait until every instance has it\./);
    expect(said[1]).toMatch(
      /^Wait until every instance has it, and 8 hours .* and two days more\./,
    );
    expect(said[2]).toMatch(
      /^Use it only if 2026-02-05 has been in front .* 8 hours .* two days\./,
    );
  });

  it("takes the later one of a day for the newer one", () => {
    const value = `2026-01-05:${KEY},2026-01-05-10:${KEY},2026-01-05-9:${KEY}`;
    expect(idsIn(next(value, START))).toEqual(["2026-01-05-10", "2026-01-05", "2026-01-05-9"]);
  });

  it.each<[string, string, RegExp]>([
    ["an id that is no date", `2026-01-05:${KEY},k2:${KEY}`, /has a key k2, .* by hand/],
    ["no key", "", /^TOKEN_CACHE_KEYS is not set/],
    ["a malformed one", "2026-01-05", /^TOKEN_CACHE_KEYS is malformed/],
    ["a key in front that is too new", `2026-11-29:${KEY},2026-01-05:${KEY}`, /2026-12-01T12:00/],
  ])("refuses %s", (_, value, message) => {
    expect(() => next(value, START)).toThrow(message);
  });
});
