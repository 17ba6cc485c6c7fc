import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { retrying, type TableRequests } from "../../src/shared/table/retrying.ts";
import { type Entity, MOST_WRITES, type Write } from "../../src/shared/table/table.ts";
import { collect } from "../store/samples.ts";
import { noIdentity } from "../support/azuriteStore.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";
import { openTable } from "../support/table.ts";

const azurite = shared(startAzurite);
let table: TableRequests;
beforeAll(async () => {
  table = open(azurite.connectionString);
});

const open = (connectionString: string) =>
  azureTable({ connectionString }, keepAliveSender(), noIdentity);
const row = (rowKey: string = crypto.randomUUID()): Entity => ({ partitionKey: "p", rowKey });
const insert = (entity: Entity): Write => ({ kind: "insert", entity });
const remove = (entity: Entity): Write => ({ kind: "remove", entity });
const replace = (entity: Entity, etag: string): Write => ({ kind: "replace", entity, etag });
const WRONG_ETAG = `W/"datetime'2020-01-01T00%3A00%3A00.0000000Z'"`;

async function stored(entity = row()) {
  await table.write([insert(entity)]);
  const read = await table.get(entity.partitionKey, entity.rowKey);
  if (!read) throw new Error("It is not there.");
  return read;
}

/** With its answer where there is no row. */
const OPERATIONS: [string, (table: TableRequests) => Promise<unknown>, unknown][] = [
  ["get", (table) => table.get("p", "r"), undefined],
  ["insert", (table) => table.write([insert(row())]), true],
  ["replace", (table) => table.write([replace(row(), WRONG_ETAG)]), false],
  ["transaction", (table) => table.write([insert(row()), insert(row())]), true],
  ["remove", (table) => table.remove("p", "r"), false],
  ["page", (table) => table.page("p", "q", undefined), { entities: [], next: undefined }],
];

describe("a table that is missing", () => {
  it.each(OPERATIONS)("is made by %s", async (_, run, answer) => {
    await openTable(azurite).deleteTable();
    expect(await run(table)).toEqual(answer);
    await expect(openTable(azurite).createEntity(row())).resolves.toBeDefined();
  });

  it.each(OPERATIONS)("is reported by %s where it is not to be made", async (_, run) => {
    await openTable(azurite).deleteTable();
    const { connectionString } = azurite;
    const reporting = azureTable({ connectionString }, keepAliveSender(), noIdentity, "report");
    const error = await run(reporting).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(StoreUnavailable);
    expect(error).toHaveProperty(
      "message",
      expect.stringMatching(/^The storage account has no table lightsout\. /),
    );
    await expect(openTable(azurite).createEntity(row())).rejects.toThrow("TableNotFound");
    await table.get("p", "r");
  });

  it("is made once when several find it missing", async () => {
    await openTable(azurite).deleteTable();
    const writes = Array.from({ length: 8 }, () => table.write([insert(row())]));
    expect(new Set(await Promise.all(writes))).toEqual(new Set([true]));
    expect((await table.page("p", "q", undefined)).entities).toHaveLength(8);
  });
});

describe("an entity", () => {
  it("comes back with its values and an ETag, and nothing else", async () => {
    const entity = { ...row(), text: "Zoë's 🙂", count: 3, flag: false, when: "2026-01-15" };
    const bytes = randomBytes(64 * 1024);
    const { d0, ...read } = await stored({ ...entity, d0: bytes });
    expect(Buffer.from(d0 as Uint8Array)).toEqual(bytes);
    expect(read).toEqual({ ...entity, etag: expect.any(String) });
  });

  it("may hold eleven chunks of 64 KiB", async () => {
    const chunks = Array.from({ length: 11 }, (_, i) => [`d${i}`, randomBytes(64 * 1024)]);
    const read = await stored({ ...row(), ...Object.fromEntries(chunks) });
    expect(Object.keys(read).filter((name) => /^d\d+$/.test(name))).toHaveLength(11);
  });

  it("is replaced whole, and has another ETag then", async () => {
    const before = await stored({ ...row(), old: 1 });
    const { partitionKey, rowKey } = before;
    const write = replace({ partitionKey, rowKey, new: 2 }, before.etag);
    expect(await table.write([write])).toBe(true);
    const after = await table.get(partitionKey, rowKey);
    expect(after).toEqual({ partitionKey, rowKey, new: 2, etag: expect.any(String) });
    expect(after?.etag).not.toBe(before.etag);
  });
});

it("says where it is, and nothing that is secret", () => {
  const SAS = "TableEndpoint=https://a.table.core.windows.net/;SharedAccessSignature=sv=1&sig=x";
  expect(open(SAS).endpoint).toBe("https://a.table.core.windows.net");
  expect(open(azurite.connectionString).endpoint).toBe(azurite.tableUrl);
});

describe("a condition that does not hold is false, and nothing is written", () => {
  it.each<[string, () => Promise<readonly Write[]>]>([
    ["409: insert over", async () => [insert({ ...(await stored(row("there"))), more: 1 })]],
    ["404: replace nothing", async () => [replace(row("missing"), WRONG_ETAG)]],
    ["412: replace another version", async () => [replace(await stored(row("there")), WRONG_ETAG)]],
    ["409 in a transaction", async () => [insert(row("new")), insert(await stored(row("there")))]],
    ["404 in a transaction", async () => [insert(row("new")), replace(row("missing"), WRONG_ETAG)]],
    [
      "404 in a transaction of deletions",
      async () => [remove(await stored(row("there"))), remove(row("missing"))],
    ],
    [
      "412 in a transaction",
      async () => [insert(row("new")), replace(await stored(row("there")), WRONG_ETAG)],
    ],
  ])("%s", async (_, make) => {
    const writes = await make();
    const before = await table.get("p", "there");
    expect(await table.write(writes)).toBe(false);
    expect(await table.get("p", "there")).toEqual(before);
    expect(await table.get("p", "new")).toBeUndefined();
    expect(await table.get("p", "missing")).toBeUndefined();
  });

  it("remove: what is missing, and another version", async () => {
    const { partitionKey, rowKey, etag } = await stored();
    expect(await table.remove(partitionKey, rowKey, WRONG_ETAG)).toBe(false);
    expect(await table.get(partitionKey, rowKey)).toBeDefined();
    expect(await table.remove(partitionKey, rowKey, etag)).toBe(true);
    expect(await table.remove(partitionKey, rowKey, etag)).toBe(false);
    expect(await table.remove(partitionKey, rowKey)).toBe(false);
    expect(await table.remove("p", (await stored()).rowKey)).toBe(true);
  });

  it("a transaction removes as many rows as there may be in one, and with its answer lost, refuses the next", async () => {
    const keys = Array.from({ length: MOST_WRITES }, (_, i) => ({
      partitionKey: "m",
      rowKey: `${i}`,
    }));
    await table.write(keys.map(insert));
    expect(await table.write(keys.map(remove))).toBe(true);
    expect(await table.write(keys.map(remove))).toBe(false);
    expect((await table.page("m", "n", undefined)).entities).toEqual([]);
  });
});

it("lists more than a page in key order, within its bounds", async () => {
  const partitions = ["l.3", "l.1", "l.'2"];
  for (const partitionKey of [...partitions, "k.9", "m"]) {
    const keys = Array.from({ length: 80 }, (_, i) => String(79 - i).padStart(2, "0"));
    await table.write(keys.map((rowKey) => insert({ partitionKey, rowKey })));
  }
  const first = await table.page("l.", "m", undefined);
  expect([first.entities.length, typeof first.next]).toEqual([200, "string"]);

  const policy = { delays: [], maxDelay: 0, sleep: async () => {} };
  const rows = await collect(retrying(table, policy).list("l.", "m"));
  const keys = rows.map(({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`);
  expect(new Set(keys).size).toBe(240);
  expect(keys).toEqual([...keys].sort());
  expect(await collect(retrying(table, policy).list("l.'2", "l.1"))).toHaveLength(80);
});

it("a refusal is for good, and the message says what to do", async () => {
  const wrong = azurite.connectionString.replace(/AccountKey=[^;]+/, "AccountKey=d3Jvbmc=");
  const error = await open(wrong)
    .get("p", "r")
    .catch((error: unknown) => error);
  expect(error).toBeInstanceOf(StoreUnavailable);
  expect(error).toHaveProperty(
    "message",
    expect.stringMatching(/ 403 AuthorizationFailure\. .*firewall/),
  );
});
