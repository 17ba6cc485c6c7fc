import { describe, expect, it, test } from "@jest/globals";
import { parseSchedule } from "../../../local/host/schedule.ts";

describe("the next occurrence of an NCRONTAB expression", () => {
  test.each([
    ["* * * * * *", "2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z"],
    ["0 */5 * * * *", "2026-03-01T10:00:00Z", "2026-03-01T10:05:00Z"],
    ["0 */5 * * * *", "2026-03-01T10:58:30Z", "2026-03-01T11:00:00Z"],
    ["*/5 * * * *", "2026-03-01T10:58:30Z", "2026-03-01T11:00:00Z"],
    ["0 7/20 * * * *", "2026-03-01T10:07:00Z", "2026-03-01T10:27:00Z"],
    ["30 15 3 * * *", "2026-03-01T10:00:00Z", "2026-03-02T03:15:30Z"],
    ["0 0 0 1 * *", "2026-12-15T10:00:00Z", "2027-01-01T00:00:00Z"],
    ["0 0 9-17 * * mon-fri", "2026-03-06T17:00:00Z", "2026-03-09T09:00:00Z"],
    ["0 0 0 29 feb *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"],
    ["0 0,30 10 * * 0", "2026-03-01T10:00:00.500Z", "2026-03-01T10:30:00Z"],
  ])("%s after %s", (expression, after, expected) => {
    expect(parseSchedule(expression)(new Date(after))).toEqual(new Date(expected));
  });
});

const NONE = ["", "* * * *", "* * * * * * *", "60 * * * * *", "* * 24 * * *", "x * * * * *"];

it.each([...NONE, "*/0 * * * * *", "9-3 * * * * *", "00:05:00"])("'%s' is none", (expression) => {
  expect(() => parseSchedule(expression)).toThrow("is not a valid NCRONTAB expression");
});

it("refuses an expression that never occurs", () => {
  expect(() => parseSchedule("0 0 0 30 2 *")).toThrow("never occurs");
});
