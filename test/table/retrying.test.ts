import { describe, expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { retrying, type TableRequests, Unanswered } from "../../src/shared/table/retrying.ts";
import type { Entity, Stored, Table } from "../../src/shared/table/table.ts";
import { collect } from "../store/samples.ts";

const ENTITY: Entity = { partitionKey: "p", rowKey: "r" };
const LOST = () => new Unanswered();
const DELAYS = [100, 300, 600];

type Answer = unknown | Error;

/** A table service that answers every request with the next of `answers`; errors are thrown. */
function scripted(answers: Answer[], maxDelay = 2_000) {
  const calls: unknown[][] = [];
  const slept: number[] = [];
  const retried: Unanswered[] = [];
  const answer =
    (name: string) =>
    async (...args: unknown[]) => {
      calls.push([name, ...args]);
      if (answers.length === 0) throw new Error("Asked too often.");
      const next = answers.shift();
      if (next instanceof Error) throw next;
      return next;
    };
  const names = ["get", "write", "remove", "page"];
  const requests = Object.fromEntries(names.map((name) => [name, answer(name)]));
  const table = retrying(
    requests as unknown as TableRequests,
    { delays: DELAYS, maxDelay, sleep: async (ms) => void slept.push(ms) },
    (error) => retried.push(error),
  );
  return { table, calls, slept, retried };
}

const WRITES: [string, (table: Table) => Promise<unknown>][] = [
  ["insert", (table) => table.insert(ENTITY)],
  ["replace", (table) => table.replace(ENTITY, "v1")],
  ["transact", (table) => table.transact([{ kind: "insert", entity: ENTITY }])],
];
const OPERATIONS: [string, (table: Table) => Promise<unknown>][] = [
  ...WRITES,
  ["get", (table) => table.get("p", "r")],
  ["remove", (table) => table.remove("p", "r", "v1")],
  ["list", (table) => collect(table.list("a", "b"))],
];

describe.each(WRITES)("%s", (_, write) => {
  it.each<[string, Answer[]]>([
    ["done", [true]],
    ["done", [LOST(), true]],
    ["done", [LOST(), LOST(), LOST(), true]],
    ["refused", [false]],
    ["unsure", [LOST(), false]],
    ["unsure", [LOST(), LOST(), LOST(), false]],
  ])("is %s after %j", async (outcome, answers) => {
    const { table, slept } = scripted([...answers]);
    expect(await write(table)).toBe(outcome);
    expect(slept).toEqual(DELAYS.slice(0, answers.length - 1));
  });

  it("sends the same again", async () => {
    const { table, calls } = scripted([LOST(), true]);
    await write(table);
    expect(calls).toHaveLength(2);
    expect(calls[1]).toEqual(calls[0]);
  });
});

it("sends what each operation is", async () => {
  const { table, calls } = scripted([true, true, true, undefined, true]);
  await table.insert(ENTITY);
  await table.replace(ENTITY, "v1");
  const writes = [{ kind: "insert", entity: ENTITY } as const];
  await table.transact(writes);
  await table.get("p", "r");
  await table.remove("p", "r", "v1");
  expect(calls).toEqual([
    ["write", [{ kind: "insert", entity: ENTITY }]],
    ["write", [{ kind: "replace", entity: ENTITY, etag: "v1" }]],
    ["write", writes],
    ["get", "p", "r"],
    ["remove", "p", "r", "v1"],
  ]);
});

describe.each(OPERATIONS)("%s", (_, run) => {
  it("gives up after the last delay, and says why", async () => {
    const last = LOST();
    const { table, calls, slept, retried } = scripted([LOST(), LOST(), LOST(), last]);
    const error = await run(table).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toHaveProperty("cause", last);
    expect([calls.length, slept, retried.length]).toEqual([4, DELAYS, 3]);
  });

  it.each([
    new StoreUnavailable("Table Storage refuses with 403."),
    new TypeError("A mistake of ours."),
  ])("passes a %p through at once", async (error) => {
    const { table, calls, slept } = scripted([error]);
    await expect(run(table)).rejects.toBe(error);
    expect([calls.length, slept]).toEqual([1, []]);
  });
});

describe("get and remove", () => {
  it.each([{ ...ENTITY, etag: "v1" }, undefined])("get returns %j after a retry", async (row) => {
    expect(await scripted([LOST(), row]).table.get("p", "r")).toBe(row);
  });

  it.each<[boolean | undefined, Answer[]]>([
    [true, [true]],
    [true, [LOST(), true]],
    [false, [false]],
    [undefined, [LOST(), false]],
    [undefined, [LOST(), LOST(), false]],
  ])("remove returns %p after %j", async (removed, answers) => {
    expect(await scripted([...answers]).table.remove("p", "r")).toBe(removed);
  });
});

describe("Retry-After", () => {
  it.each<[string, number | undefined, number]>([
    ["is not there", undefined, 100],
    ["is 0", 0, 100],
    ["is shorter than the delay", 50, 100],
    ["is longer", 1_500, 1_500],
    ["is longer than is waited for", 60_000, 2_000],
  ])("%s: %p is waited for %i ms", async (_, retryAfter, waited) => {
    const { table, slept } = scripted([new Unanswered({ retryAfter }), true]);
    await table.insert(ENTITY);
    expect(slept).toEqual([waited]);
  });

  it("no delay is longer than the longest", async () => {
    const { table, slept } = scripted([LOST(), LOST(), LOST(), true], 200);
    await table.insert(ENTITY);
    expect(slept).toEqual([100, 200, 200]);
  });
});

describe("list", () => {
  const row = (rowKey: string): Stored => ({ partitionKey: "a", rowKey, etag: "v1" });

  it("goes on from page to page, over empty ones too, and tries each again", async () => {
    const { table, calls, slept } = scripted([
      LOST(),
      { entities: [row("1"), row("2")], next: "n1" },
      LOST(),
      LOST(),
      { entities: [], next: "n2" },
      { entities: [row("3")], next: undefined },
    ]);
    const rows = await collect(table.list("a", "b"));
    expect(rows.map(({ rowKey }) => rowKey)).toEqual(["1", "2", "3"]);
    expect(calls.map((call) => call.at(-1))).toEqual([
      undefined,
      undefined,
      "n1",
      "n1",
      "n1",
      "n2",
    ]);
    expect(slept).toEqual([100, 100, 300]);
  });

  it("asks for no page before it is wanted", async () => {
    const { table, calls } = scripted([{ entities: [row("1")], next: "n1" }]);
    for await (const { rowKey } of table.list("a", "b")) if (rowKey === "1") break;
    expect(calls).toEqual([["page", "a", "b", undefined]]);
  });
});
