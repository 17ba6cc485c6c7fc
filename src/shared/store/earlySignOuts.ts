import { createHash } from "node:crypto";
import { StoreUnavailable } from "../errors.ts";
import { sidPartition } from "./keys.ts";
import type { Store } from "./store.ts";
import type { Entity, Stored } from "./table.ts";

/**
 * Sign-outs that named a `sid` nobody has claimed yet. Usually it is a stranger's, or long forgotten, but it
 * can also belong to a sign-in that is still redeeming its code: that one looks here before it stores tokens.
 *
 * Anybody can call the front channel with a made-up `sid`, so this must not grow: the marks of all of them
 * share {@link SLOTS} rows of at most {@link CAPACITY} marks, and the oldest give way.
 */
interface Slot extends Entity {
  /** Marks of {@link MARK} bytes, oldest first: 16 bytes of hash, 4 bytes of time in seconds. */
  readonly marks: Uint8Array;
}

const PARTITION = "e";
const SLOTS = 256;
const CAPACITY = 2_000;
const MARK = 20;
const ID = 16;
/** Seconds a mark counts. An authorization code is good for ten minutes (Entra), and no callback runs longer than that. */
const LIFETIME = 15 * 60;
const ATTEMPTS = 10;

export async function noteEarlySignOut(store: Store, sid: string): Promise<void> {
  const { rowKey, id } = placeOf(sid);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const slot = await store.table.get<Slot>(PARTITION, rowKey);
    const marks = slot ? liveMarks(slot, store.now()) : [];
    const mark = Buffer.alloc(MARK, id);
    mark.writeUInt32BE(seconds(store.now()), ID);
    const entity: Slot = {
      partitionKey: PARTITION,
      rowKey,
      marks: Buffer.concat([...marks, mark].slice(-CAPACITY)),
    };
    const outcome = slot
      ? await store.table.replace(entity, slot.etag)
      : await store.table.insert(entity);
    if (outcome === "done") return;
  }
  throw new StoreUnavailable("Too many sign-outs at once. Try again in a moment.");
}

export async function wasSignedOutEarly(store: Store, sid: string): Promise<boolean> {
  const { rowKey, id } = placeOf(sid);
  const slot = await store.table.get<Slot>(PARTITION, rowKey);
  if (slot === undefined) return false;
  return liveMarks(slot, store.now()).some((mark) => id.equals(mark.subarray(0, ID)));
}

/** Removes the slots that hold nothing but old marks. @returns how many. */
export async function purgeEarlySignOuts(store: Store): Promise<number> {
  let removed = 0;
  for await (const slot of store.table.list<Slot>(PARTITION, "f")) {
    if (liveMarks(slot, store.now()).length > 0) continue;
    if (await store.table.remove(PARTITION, slot.rowKey, slot.etag)) removed++;
  }
  return removed;
}

function liveMarks(slot: Stored<Slot>, now: number): Buffer[] {
  const marks = Buffer.from(slot.marks);
  const live: Buffer[] = [];
  for (let at = 0; at + MARK <= marks.length; at += MARK) {
    const mark = marks.subarray(at, at + MARK);
    if (mark.readUInt32BE(ID) + LIFETIME > seconds(now)) live.push(mark);
  }
  return live;
}

function placeOf(sid: string): { rowKey: string; id: Buffer } {
  const digest = createHash("sha256").update(sidPartition(sid)).digest();
  const slot = (digest[ID] as number) % SLOTS;
  return { rowKey: slot.toString(16).padStart(2, "0"), id: digest.subarray(0, ID) };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
