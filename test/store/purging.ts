import { expect } from "@jest/globals";
import { accountPartition } from "../../src/shared/rows/keys.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { HOUR, homeOf, keysOf, type MemoryStore, NOON, signIn } from "./samples.ts";

/** The days that expiry rows are filed under. */
export const filedIn = (store: MemoryStore) =>
  keysOf(store).flatMap((key) => /^x\.([^|]+)/.exec(key)?.[1] ?? []);

/** Purges at that time, and expects what is found. */
export async function expectPurge(store: MemoryStore, time: number, found = {}): Promise<void> {
  store.time = time;
  expect(await purge(store)).toEqual({ expired: 0, kept: 0, failed: 0, malformed: 0, ...found });
}

/** Signs in as many accounts until the evening. */
export async function signInMany(store: MemoryStore, count: number, subject?: string) {
  for (let i = 0; i < count; i++) {
    const who = { homeAccountId: homeOf(i), sid: `sid ${i}` };
    const expiresAt = NOON + 8 * HOUR;
    await signIn(store, { ...who, subject: subject && `${subject} ${i}`, expiresAt });
  }
}

/** Whether a partition is that of one of these accounts. */
export function isAnyOf(...numbers: readonly number[]): (partitionKey: string) => boolean {
  const partitions = new Set<string>(numbers.map((i) => accountPartition(homeOf(i))));
  return (partitionKey) => partitions.has(partitionKey);
}
