import { expect, it } from "@jest/globals";
import { damped } from "../src/shared/damped.ts";

it("logs each event and reason once a minute, and says how often it was so", () => {
  let now = 1_000;
  const lines: unknown[] = [];
  const log = damped(
    (...line) => void lines.push(line),
    () => now,
  );
  const say = (reason: string) => log("warn", "event", { reason });
  for (let i = 0; i < 1_000; i++) say("one");
  say("two");
  expect(lines.splice(0)).toEqual([
    ["warn", "event", { reason: "one", count: 1 }],
    ["warn", "event", { reason: "two", count: 1 }],
  ]);
  now += 59_999;
  say("one");
  expect(lines).toEqual([]);
  now += 1;
  say("one");
  expect(lines.splice(0)).toEqual([["warn", "event", { reason: "one", count: 1_001 }]]);
  // The clock is put back.
  now -= 3_600_000;
  say("one");
  expect(lines).toEqual([["warn", "event", { reason: "one", count: 1 }]]);
});
