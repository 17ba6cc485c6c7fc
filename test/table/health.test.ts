import { setTimeout } from "node:timers/promises";
import { beforeEach, expect, it } from "@jest/globals";
import type { Log } from "../../src/shared/base/log.ts";
import { createHealthCheck } from "../../src/shared/table/health.ts";
import { type MemoryTable, memoryTable } from "../support/memoryTable.ts";

let table: MemoryTable;
let elapsed: number;
let logged: Parameters<Log>[];
beforeEach(() => {
  table = memoryTable();
  elapsed = 0;
  logged = [];
});
const log: Log = (...line) => void logged.push(line);
const shortly = () => setTimeout(50);
const checkOf = (checked = table) => createHealthCheck(checked, () => elapsed, shortly, log);

it("asks the table at most every five seconds, however often it is asked itself", async () => {
  const isHealthy = checkOf();
  const ask = () => Promise.all(Array.from({ length: 50 }, isHealthy));
  const allAre = (healthy: boolean) => Array.from({ length: 50 }, () => healthy);
  const checks = () => table.operations.filter((operation) => operation.startsWith("get ")).length;

  expect(await ask()).toEqual(allAre(true));
  expect(checks()).toBe(1);
  table.down = true;
  elapsed += 4_999;
  expect(await ask()).toEqual(allAre(true));
  expect(checks()).toBe(1);

  elapsed += 1;
  expect(await ask()).toEqual(allAre(false));
  expect(checks()).toBe(2);
  table.down = false;
  elapsed += 5_000;
  expect(await ask()).toEqual(allAre(true));
  expect(checks()).toBe(3);
});

it("reads a row and deletes one, neither of which there is, and writes nothing", async () => {
  expect(await checkOf()()).toBe(true);
  expect(table.operations).toEqual(["get health|health", "remove health|health"]);
  expect(table.rows.size).toBe(0);
});

it.each(["get", "remove"] as const)(
  "is unhealthy where %s is refused, and says why",
  async (name) => {
    const refusing = { ...table, [name]: () => Promise.reject(new TypeError("Refused.")) };
    expect(await checkOf(refusing)()).toBe(false);
    expect(logged).toEqual([["warn", "health.failed", { error: "TypeError" }]]);
  },
);

it("is unhealthy where the table says nothing at all, and asked again after its time", async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const isHealthy = checkOf({ ...table, get: () => promise as Promise<never> });
  expect(await isHealthy()).toBe(false);
  resolve(undefined);
  elapsed += 5_000;
  expect(await isHealthy()).toBe(true);
});
