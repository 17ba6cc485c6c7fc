import { beforeEach, describe, expect, it } from "@jest/globals";
import { oncePerMinute, twentyPerMinute } from "../../src/shared/base/damped.ts";
import type { Log } from "../../src/shared/base/log.ts";

it("logs each event and reason once a minute, and says how often it was so", () => {
  let now = 1_000;
  const lines: unknown[] = [];
  const log = oncePerMinute(
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
});

describe("a log of twenty lines a minute", () => {
  let time: number;
  let where: string;
  let lines: Parameters<Log>[];
  let log: Log;
  beforeEach(() => {
    [time, where, lines] = [0, "graph", []];
    const write: Log = (...line) => void lines.push(line);
    log = twentyPerMinute(
      write,
      () => where,
      () => time,
    );
  });
  const fail = (details = {}) => log("error", "request.failed", { error: "A < B", ...details });

  it("writes twenty lines of a kind in a minute, and then how many there were", () => {
    for (let i = 0; i < 5_000; i++) fail({ message: `${i}` });
    expect(lines).toHaveLength(20);
    time += 60_000;
    fail();
    fail();
    expect(lines.slice(20)).toEqual([
      ["error", "request.failed", { error: "A < B", count: 4_981 }],
      ["error", "request.failed", { error: "A < B" }],
    ]);
  });

  it("holds back nothing of another kind, nor of another function", () => {
    for (let i = 0; i < 100; i++) fail();
    fail({ error: "A < C" });
    fail({ code: "ServerBusy" });
    log("warn", "storage.retry", { error: "A < B" });
    where = "authSignOut";
    fail();
    expect(lines).toHaveLength(24);
  });

  it("holds back no word of a sign-out, nor of what went well", () => {
    for (let i = 0; i < 1_000; i++) {
      log("error", "signout.given_up", { who: "s.1", reason: "late" });
      log("info", "signin.done");
    }
    expect(lines).toHaveLength(2_000);
  });
});
