import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { type Page, retrying, type TableRequests } from "../../src/shared/table/retrying.ts";
import type { Entity, Stored, Write } from "../../src/shared/table/table.ts";
import { noIdentity } from "../support/azuriteStore.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";
import { LimitExceeded } from "./limits.ts";
import { modelRequests, NO_ROWS, write } from "./model.ts";

const azurite = shared(startAzurite);
let real: TableRequests;
beforeAll(async () => {
  real = azureTable(azurite, keepAliveSender(), noIdentity);
  // The first request finds no table, and makes it.
  await retrying(real, { delays: [0], maxDelay: 0, sleep: async () => {} }).get("p", "r");
});

const partition = fc.constantFrom("a", "b");
const rowKey = fc.constantFrom("1", "2", "3");
const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.boolean(),
  fc.integer(),
  fc.uint8Array({ maxLength: 30 }),
);
const properties = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), value, { maxKeys: 4 });
/** Which of the versions seen so far of a row a condition names; 0 is its newest. */
const version = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(3));

const change = fc.oneof(
  fc.record({ kind: fc.constant("insert" as const), rowKey, properties }),
  fc.record({ kind: fc.constant("replace" as const), rowKey, properties, version }),
  fc.record({ kind: fc.constant("remove" as const), rowKey, properties }),
);
const command = fc.oneof(
  fc.record({ do: fc.constant("get" as const), partition, rowKey }),
  fc.record({ do: fc.constant("write" as const), partition, writes: fc.tuple(change) }),
  fc.record({
    do: fc.constant("write" as const),
    partition,
    writes: fc.uniqueArray(change, { minLength: 2, maxLength: 3, selector: (one) => one.rowKey }),
  }),
  fc.record({ do: fc.constant("remove" as const), partition, rowKey, version: fc.option(version) }),
  fc.record({ do: fc.constant("list" as const), from: partition, to: fc.constantFrom("b", "c") }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

/** Carries commands out on one table and says what a caller of it can see; of an ETag, the how manieth of its row it is. */
async function observe(table: TableRequests, commands: readonly Command[]) {
  /** Newest first. */
  const versions = new Map<string, string[]>();

  function entityOf(stored: Stored | undefined) {
    if (stored === undefined) return undefined;
    const { etag, ...entity } = stored;
    const key = `${stored.partitionKey}/${stored.rowKey}`;
    const known = versions.get(key) ?? [];
    const all = known.includes(etag) ? known : [etag, ...known];
    versions.set(key, all);
    return { entity: plain(entity), version: all.length - all.indexOf(etag) };
  }

  const etagOf = (key: string, index: number) =>
    (versions.get(key) ?? [])[index] ?? "W/\"datetime'2000-01-01T00%3A00%3A00.0000000Z'\"";

  async function carryOut(command: Command): Promise<unknown> {
    switch (command.do) {
      case "get":
        return entityOf(await table.get(command.partition, command.rowKey));
      case "write":
        return await table.write(
          command.writes.map((write): Write => {
            const entity = {
              partitionKey: command.partition,
              rowKey: write.rowKey,
              ...write.properties,
            };
            if (write.kind !== "replace") return { kind: write.kind, entity };
            const etag = etagOf(`${command.partition}/${write.rowKey}`, write.version);
            return { kind: "replace", entity, etag };
          }),
        );
      case "remove": {
        const { partition, rowKey, version } = command;
        if (version === null) return await table.remove(partition, rowKey);
        return await table.remove(partition, rowKey, etagOf(`${partition}/${rowKey}`, version));
      }
      case "list": {
        return (await list(command.from, command.to)).map(entityOf);
      }
    }
  }

  async function list(from: string, to: string): Promise<Stored[]> {
    const all: Stored[] = [];
    let start: string | undefined;
    do {
      const page: Page = await table.page(from, to, start);
      all.push(...page.entities);
      start = page.next;
    } while (start !== undefined);
    return all;
  }

  const observed: unknown[] = [];
  for (const one of commands) {
    observed.push(await carryOut(one));
    // Looking after every command makes each version known, so that later conditions can name it.
    observed.push(...(await list("a", "c")).map(entityOf));
  }
  for (const { partitionKey, rowKey } of await list("", "z")) {
    await table.remove(partitionKey, rowKey);
  }
  return observed;
}

/** Binary in one form: the SDK gives Buffers back. */
function plain(entity: Entity) {
  return Object.fromEntries(
    Object.entries(entity)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [
        name,
        value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString("hex")}` : value,
      ]),
  );
}

describe("the model of Table Storage", () => {
  it("answers every request as Azurite does", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 5, maxLength: 15 }), async (commands) => {
        const observed = await observe(modelRequests(2), commands);
        refused += observed.filter((one) => one === false).length;
        expect(await observe(real, commands)).toEqual(observed);
      }),
      { numRuns: 60 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  const stored = (entity: Entity): Stored => ({ ...entity, etag: "1" });
  const row = { partitionKey: "p", rowKey: "r" };
  const refusedBy = (change: Partial<Entity>) => () =>
    write(NO_ROWS, [{ kind: "insert", entity: { ...row, ...change } as Entity }], stored);

  it.each([
    ["a slash in a key", { rowKey: "a/b" }],
    ["a backslash in a key", { rowKey: "a\\b" }],
    ["a number sign in a key", { partitionKey: "a#b" }],
    ["a question mark in a key", { partitionKey: "a?b" }],
    ["a control character in a key", { rowKey: "a\u0001b" }],
    ["a RowKey of 256 bytes", { rowKey: "é".repeat(128) }],
    ["a PartitionKey of 1025 bytes", { partitionKey: "a".repeat(1_025) }],
    ["a property name that is no identifier", { "a-b": 1 }],
    ["a binary property of 64 KiB and a byte", { data: new Uint8Array(64 * 1_024 + 1) }],
    ["a string property of 32 Ki characters and one", { text: "a".repeat(32 * 1_024 + 1) }],
    ["253 properties", Object.fromEntries(Array.from({ length: 253 }, (_, i) => [`p${i}`, i]))],
    ["an entity larger than 1 MiB", chunks(16)],
  ] satisfies [string, Partial<Entity>][])("refuses %s", (_, change) => {
    expect(refusedBy(change)).toThrow(LimitExceeded);
  });

  it("refuses transactions that the service would", () => {
    const insert = (partitionKey: string, rowKey: string, size = 0): Write => ({
      kind: "insert",
      entity: { partitionKey, rowKey, ...chunks(size) },
    });
    const transact =
      (...writes: Write[]) =>
      () =>
        write(NO_ROWS, writes, stored);
    expect(transact(insert("p", "1"), insert("q", "2"))).toThrow("more than one partition");
    expect(transact(insert("p", "1"), insert("p", "1"))).toThrow("two writes to one row");
    expect(transact(...Array.from({ length: 101 }, (_, i) => insert("p", `${i}`)))).toThrow(
      "too many writes",
    );
    expect(transact(insert("p", "1", 13), insert("p", "2", 13))).toThrow("transaction too large");
    expect(transact(insert("p", "1", 11), insert("p", "2"))()?.size).toBe(2);
  });
});

function chunks(count: number): Record<string, Uint8Array> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`d${i}`, new Uint8Array(65_536)]),
  );
}
