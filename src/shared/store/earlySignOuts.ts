import { createHash } from "node:crypto";
import { StoreUnavailable } from "../base/errors.ts";
import { together } from "../base/together.ts";
import type { Entity, Stored } from "../table/table.ts";
import { CLOCKS_APART, MARK_LIFETIME, type Mark } from "./marks.ts";
import type { Store } from "./store.ts";

/**
 * Sign-outs that named a `sid` nobody has claimed yet. Usually it is a stranger's, or long forgotten, but it
 * can also belong to a sign-in that is still redeeming its code: that one looks here before it stores tokens.
 *
 * Anybody can call the front channel with a made-up `sid`, so this must not grow: the marks of all of them
 * share {@link SLOTS} rows of at most {@link CAPACITY} marks, and the oldest give way.
 */
interface Slot extends Entity {
  /**
   * Marks of {@link MARK} bytes, oldest first: 16 bytes of hash, 4 of time in seconds, 4 of the logout token's
   * time (0: the front channel's), 8 of {@link Mark.version}.
   */
  readonly marks: Uint8Array;
}

const PARTITION = "e";
const SLOTS = 256;
/** 64,000 bytes: a binary property holds 65,536. */
const CAPACITY = 2_000;
const MARK = 32;
const ID = 16;
const ISSUED = 20;
const VERSION = 24;
const ATTEMPTS = 10;

/** @param key The partition of the `sid` or subject. */
export function noteEarlySignOut(store: Store, key: string): Promise<void> {
  return note(store, key, "front", 0);
}

/** @param until The `iat` of the logout token. Milliseconds since 1970. */
export function noteEarlyLogoutToken(store: Store, key: string, until: number): Promise<void> {
  return note(store, key, "back", seconds(until));
}

/** A mark that is to be written. */
interface Note {
  readonly id: Buffer;
  /** Seconds. */
  readonly until: number;
  readonly version: Uint8Array;
}

type Line = (rowKey: string, note: Note) => Promise<void>;
/** Whoever makes up many `sid`s of one slot does not keep others waiting: they are written together. */
const lines = new WeakMap<Store, Line>();

function note(store: Store, key: string, channel: Channel, until: number): Promise<void> {
  const { rowKey, ids } = placeOf(key);
  const line = lines.get(store) ?? together((slot, notes) => write(store, slot, notes));
  lines.set(store, line);
  return line(rowKey, { id: ids[channel], until, version: store.randomBytes(MARK - VERSION) });
}

async function write(store: Store, rowKey: string, notes: readonly Note[]): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const slot = await store.table.get<Slot>(PARTITION, rowKey);
    const now = store.now();
    const marks = withNotes(slot ? liveMarks(slot, now) : [], notes, now);
    const entity: Slot = {
      partitionKey: PARTITION,
      rowKey,
      marks: Buffer.concat(marks.slice(-CAPACITY)),
    };
    const outcome = slot
      ? await store.table.replace(entity, slot.etag)
      : await store.table.insert(entity);
    if (outcome === "done") return;
  }
  throw new StoreUnavailable("Too many sign-outs at once. Try again in a moment.");
}

function withNotes(live: readonly Buffer[], notes: readonly Note[], now: number): Buffer[] {
  const marks = new Map(live.map((mark) => [mark.toString("hex", 0, ID), mark]));
  for (const { id, until, version } of notes) {
    const key = id.toString("hex");
    const mark = Buffer.alloc(MARK, id);
    mark.writeUInt32BE(seconds(now), ID);
    mark.writeUInt32BE(Math.max(until, marks.get(key)?.readUInt32BE(ISSUED) ?? 0), ISSUED);
    mark.set(version, VERSION);
    // The newest comes last.
    marks.delete(key);
    marks.set(key, mark);
  }
  return [...marks.values()];
}

/** The sign-outs that a sign-in under this key has to have been started after. */
export async function readEarlyMarks(store: Store, key: string): Promise<Mark[]> {
  const { rowKey, ids } = placeOf(key);
  const slot = await store.table.get<Slot>(PARTITION, rowKey);
  if (slot === undefined) return [];
  return liveMarks(slot, store.now()).flatMap((mark): Mark[] => {
    const id = mark.subarray(0, ID);
    const version = mark.toString("base64url", VERSION);
    if (ids.front.equals(id)) return [{ version, markedAt: mark.readUInt32BE(ID) * 1_000 }];
    if (ids.back.equals(id)) return [{ version, issuedUntil: mark.readUInt32BE(ISSUED) * 1_000 }];
    return [];
  });
}

/** The slots that hold nothing but old marks, and can be removed. */
export async function* idleSlots(store: Store): AsyncGenerator<Stored<Entity>, undefined> {
  for await (const slot of store.table.list<Slot>(PARTITION, "f")) {
    if (liveMarks(slot, store.now()).length === 0) yield slot;
  }
}

function liveMarks(slot: Stored<Slot>, now: number): Buffer[] {
  // Whatever else is there is not ours.
  const marks = slot.marks instanceof Uint8Array ? Buffer.from(slot.marks) : Buffer.alloc(0);
  const live: Buffer[] = [];
  for (let at = 0; at + MARK <= marks.length; at += MARK) {
    const mark = marks.subarray(at, at + MARK);
    const age = now - mark.readUInt32BE(ID) * 1_000;
    // From further ahead than clocks are apart comes nothing of ours.
    if (age < MARK_LIFETIME && age >= -CLOCKS_APART) live.push(mark);
  }
  return live;
}

type Channel = "front" | "back";

/** Both channels' marks for a key are in one slot. */
function placeOf(key: string): { rowKey: string; ids: Record<Channel, Buffer> } {
  const [digest, back] = [key, `back ${key}`].map((id) => createHash("sha256").update(id).digest());
  const slot = (digest?.[ID] as number) % SLOTS;
  const idOf = (whole: Buffer | undefined) => (whole as Buffer).subarray(0, ID);
  return {
    rowKey: slot.toString(16).padStart(2, "0"),
    ids: { front: idOf(digest), back: idOf(back) },
  };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
