import type { Entity, Value } from "../../src/shared/table/table.ts";

/**
 * Bytes that Table Storage bills for an entity: 4, two for each character of its keys, and for each property
 * 8, two for each character of its name, and the size of its value ("Understanding Azure Storage Billing:
 * bandwidth, transactions, and capacity", Azure Storage team).
 */
export function entitySize({ partitionKey, rowKey, ...properties }: Entity): number {
  const keys = 4 + 2 * (partitionKey.length + rowKey.length);
  return Object.entries(properties).reduce(
    (sum, [name, value]) => sum + 8 + 2 * name.length + valueSize(value as Value),
    keys,
  );
}

function valueSize(value: Value): number {
  switch (typeof value) {
    case "string":
      return 4 + 2 * value.length;
    case "number":
      return Number.isInteger(value) ? 4 : 8;
    case "boolean":
      return 1;
    default:
      return 4 + value.length;
  }
}
