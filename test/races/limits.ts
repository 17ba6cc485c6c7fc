import type { Entity, Value } from "../../src/shared/table/table.ts";

/*
 * What both services refuse. Where they differ, the smaller limit: Table Storage ("Understanding the Table
 * service data model"), Cosmos DB for Table ("Azure Table Storage: differences", service quotas).
 */
const PARTITION_KEY = 1_024;
const ROW_KEY = 255;
const PROPERTY = 64 * 1_024;
const ENTITY = 1_024 * 1_024;
/** 255, three of which are the service's own. */
const PROPERTIES = 252;
const TRANSACTION = 2 * 1_024 * 1_024;
const WRITES = 100;
const ILLEGAL_IN_KEY = /[/\\#?\p{Control}]/u;
const PROPERTY_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,254}$/;

/** The service would have answered 400 or 413. */
export class LimitExceeded extends Error {}

export function assertKeys(partitionKey: string, rowKey: string): void {
  assert(!ILLEGAL_IN_KEY.test(partitionKey), "illegal character in PartitionKey");
  assert(!ILLEGAL_IN_KEY.test(rowKey), "illegal character in RowKey");
  assert(Buffer.byteLength(partitionKey) <= PARTITION_KEY, "PartitionKey too long");
  assert(Buffer.byteLength(rowKey) <= ROW_KEY, "RowKey too long");
}

export function assertEntity(entity: Entity): void {
  const { partitionKey, rowKey, ...properties } = entity;
  assertKeys(partitionKey, rowKey);
  const entries = Object.entries(properties);
  assert(entries.length <= PROPERTIES, "too many properties");
  let size = 4 + 2 * (partitionKey.length + rowKey.length);
  for (const [name, value] of entries) {
    assert(PROPERTY_NAME.test(name), `illegal property name ${name}`);
    const bytes = sizeOf(value);
    assert(bytes <= PROPERTY, `property ${name} too large`);
    size += 8 + 2 * name.length + bytes;
  }
  assert(size <= ENTITY, "entity too large");
}

export function assertTransaction(entities: readonly Entity[]): void {
  assert(entities.length <= WRITES, "too many writes in a transaction");
  const partitions = new Set(entities.map(({ partitionKey }) => partitionKey));
  assert(partitions.size === 1, "a transaction in more than one partition");
  const rows = new Set(entities.map(({ rowKey }) => rowKey));
  assert(rows.size === entities.length, "two writes to one row in a transaction");
  const bytes = entities.reduce((sum, entity) => sum + bodySizeOf(entity), 0);
  assert(bytes <= TRANSACTION, "transaction too large");
}

function sizeOf(value: Value): number {
  if (typeof value === "string") return 2 * value.length;
  return value instanceof Uint8Array ? value.length : 8;
}

/** As JSON, with binary in base64. */
function bodySizeOf(entity: Entity): number {
  return Object.entries(entity).reduce(
    (sum, [name, value]) =>
      sum +
      2 * name.length +
      (value instanceof Uint8Array ? Math.ceil(value.length / 3) * 4 : 2 * String(value).length),
    0,
  );
}

function assert(holds: boolean, message: string): asserts holds {
  if (!holds) throw new LimitExceeded(message);
}
