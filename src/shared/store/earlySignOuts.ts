import { createHash } from "node:crypto";
import { together } from "../base/together.ts";
import type { Entity, Stored } from "../table/table.ts";
import { beginRound } from "./rounds.ts";
import type { Store } from "./store.ts";
import { CLOCKS_APART, TOMBSTONE_LIFETIME, type Tombstone } from "./tombstones.ts";

/**
 * Sign-outs that named a `sid` nobody has claimed yet. Usually it is a stranger's, or long forgotten, but it
 * can also belong to a sign-in that is still redeeming its code: that one looks here before it stores tokens.
 *
 * Anybody can call the front channel with a made-up `sid`, so this must not grow: the tombstones of all of them
 * share {@link SLOTS} rows of at most {@link CAPACITY} tombstones, and the oldest give way.
 */
interface Slot extends Entity {
  /**
   * Tombstones of {@link TOMBSTONE} bytes, oldest first: 16 bytes of hash, 4 of time in seconds, 4 of the logout token's
   * time (0: the front channel's), 8 of {@link Tombstone.version}.
   */
  readonly tombstones: Uint8Array;
}

const PARTITION = "e";
const SLOTS = 256;
/** 64,000 bytes: a binary property holds 65,536. */
const CAPACITY = 2_000;
const TOMBSTONE = 32;
const ID = 16;
const ISSUED = 20;
const VERSION = 24;

/** @param key The partition of the `sid` or subject. */
export function noteEarlySignOut(store: Store, key: string): Promise<void> {
  return note(store, key, "front", 0);
}

/** @param until The `iat` of the logout token. Milliseconds since 1970. */
export function noteEarlyLogoutToken(store: Store, key: string, until: number): Promise<void> {
  return note(store, key, "back", seconds(until));
}

/** A tombstone that is to be written. */
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
  return line(rowKey, { id: ids[channel], until, version: store.randomBytes(TOMBSTONE - VERSION) });
}

async function write(store: Store, rowKey: string, notes: readonly Note[]): Promise<void> {
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const slot = await store.table.get<Slot>(PARTITION, rowKey);
    const now = store.now();
    const tombstones = withNotes(slot ? liveTombstones(slot, now) : [], notes, now);
    const entity: Slot = {
      partitionKey: PARTITION,
      rowKey,
      tombstones: Buffer.concat(tombstones.slice(-CAPACITY)),
    };
    const outcome = slot
      ? await store.table.replace(entity, slot.etag)
      : await store.table.insert(entity);
    if (outcome === "done") return;
  }
}

function withNotes(live: readonly Buffer[], notes: readonly Note[], now: number): Buffer[] {
  const tombstones = new Map(
    live.map((tombstone) => [tombstone.toString("hex", 0, ID), tombstone]),
  );
  for (const { id, until, version } of notes) {
    const key = id.toString("hex");
    const tombstone = Buffer.alloc(TOMBSTONE, id);
    tombstone.writeUInt32BE(seconds(now), ID);
    tombstone.writeUInt32BE(
      Math.max(until, tombstones.get(key)?.readUInt32BE(ISSUED) ?? 0),
      ISSUED,
    );
    tombstone.set(version, VERSION);
    // The newest comes last.
    tombstones.delete(key);
    tombstones.set(key, tombstone);
  }
  return [...tombstones.values()];
}

/** The sign-outs that a sign-in under this key has to have been started after. */
export async function readEarlyTombstones(store: Store, key: string): Promise<Tombstone[]> {
  const { rowKey, ids } = placeOf(key);
  const slot = await store.table.get<Slot>(PARTITION, rowKey);
  if (slot === undefined) return [];
  return liveTombstones(slot, store.now()).flatMap((tombstone): Tombstone[] => {
    const id = tombstone.subarray(0, ID);
    const version = tombstone.toString("base64url", VERSION);
    if (ids.front.equals(id)) return [{ version, leftAt: tombstone.readUInt32BE(ID) * 1_000 }];
    if (ids.back.equals(id))
      return [{ version, issuedUntil: tombstone.readUInt32BE(ISSUED) * 1_000 }];
    return [];
  });
}

/** The slots that hold nothing but old tombstones, and can be removed. */
export async function* idleSlots(store: Store): AsyncGenerator<Stored<Entity>, undefined> {
  for await (const slot of store.table.list<Slot>(PARTITION, "f")) {
    if (liveTombstones(slot, store.now()).length === 0) yield slot;
  }
}

function liveTombstones(slot: Stored<Slot>, now: number): Buffer[] {
  // Whatever else is there is not ours.
  const tombstones =
    slot.tombstones instanceof Uint8Array ? Buffer.from(slot.tombstones) : Buffer.alloc(0);
  const live: Buffer[] = [];
  for (let at = 0; at + TOMBSTONE <= tombstones.length; at += TOMBSTONE) {
    const tombstone = tombstones.subarray(at, at + TOMBSTONE);
    const age = now - tombstone.readUInt32BE(ID) * 1_000;
    // From further ahead than clocks are apart comes nothing of ours.
    if (age < TOMBSTONE_LIFETIME && age >= -CLOCKS_APART) live.push(tombstone);
  }
  return live;
}

type Channel = "front" | "back";

/** Both channels' tombstones for a key are in one slot. */
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
