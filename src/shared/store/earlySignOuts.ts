import { createHash } from "node:crypto";
import { together } from "../base/together.ts";
import { EARLY_SIGN_OUTS, type IndexKey } from "../rows/keys.ts";
import { EARLY, type EarlyRow } from "../rows/rows.ts";
import type { Entity, Stored } from "../table/table.ts";
import { beginRound } from "./rounds.ts";
import type { Store } from "./store.ts";
import { CLOCKS_APART_MS, TOMBSTONE_LIFETIME_MS, type Tombstone } from "./tombstones.ts";

/*
 * Tombstones of sign-outs whose `sid` nobody has reserved. Usually a stranger made it up, or it is long over. It can
 * also be that of a sign-in that is still redeeming its code. Such a sign-in looks here before it stores tokens.
 *
 * Anybody can call the front channel with a made-up `sid`, so this must not grow: all tombstones share 256 rows of at
 * most {@link CAPACITY} each, and the oldest give way.
 */

/** 64,000 bytes: a binary property holds 65,536. */
const CAPACITY = 2_000;
/** Bytes of the hash at the beginning of a tombstone. */
const ID = EARLY.leftAt;

/** @param key The partition of the `sid` or subject. */
export function noteEarlySignOut(store: Store, key: IndexKey): Promise<void> {
  return note(store, key, "front", 0);
}

/** @param until The `iat` of the logout token. Milliseconds since 1970. */
export function noteEarlyLogoutToken(store: Store, key: IndexKey, until: number): Promise<void> {
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
/** Tombstones of one slot are written together, so that made-up `sid`s do not keep others waiting. */
const lines = new WeakMap<Store, Line>();

function note(store: Store, key: IndexKey, channel: Channel, until: number): Promise<void> {
  const { rowKey, ids } = placeOf(key);
  const line = lines.get(store) ?? together((slot, notes) => write(store, slot, notes));
  lines.set(store, line);
  return line(rowKey, {
    id: ids[channel],
    until,
    version: store.randomBytes(EARLY.bytes - EARLY.version),
  });
}

async function write(store: Store, rowKey: string, notes: readonly Note[]): Promise<void> {
  for (let round = 0; ; round++) {
    await beginRound(store, round);
    const slot = await store.table.get<EarlyRow>(EARLY_SIGN_OUTS, rowKey);
    const now = store.now();
    const tombstones = withNotes(slot ? liveTombstones(slot, now) : [], notes, now);
    const entity: EarlyRow = {
      partitionKey: EARLY_SIGN_OUTS,
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
    const tombstone = Buffer.alloc(EARLY.bytes, id);
    tombstone.writeUInt32BE(seconds(now), EARLY.leftAt);
    tombstone.writeUInt32BE(
      Math.max(until, tombstones.get(key)?.readUInt32BE(EARLY.issuedUntil) ?? 0),
      EARLY.issuedUntil,
    );
    tombstone.set(version, EARLY.version);
    // The newest comes last.
    tombstones.delete(key);
    tombstones.set(key, tombstone);
  }
  return [...tombstones.values()];
}

/** The tombstones under a key. A sign-in under it has to have started after these sign-outs. */
export async function readEarlyTombstones(store: Store, key: IndexKey): Promise<Tombstone[]> {
  const { rowKey, ids } = placeOf(key);
  const slot = await store.table.get<EarlyRow>(EARLY_SIGN_OUTS, rowKey);
  if (slot === undefined) return [];
  return liveTombstones(slot, store.now()).flatMap((tombstone): Tombstone[] => {
    const id = tombstone.subarray(0, ID);
    const version = tombstone.toString("base64url", EARLY.version);
    if (ids.front.equals(id))
      return [{ version, leftAt: tombstone.readUInt32BE(EARLY.leftAt) * 1_000 }];
    if (ids.back.equals(id))
      return [{ version, issuedUntil: tombstone.readUInt32BE(EARLY.issuedUntil) * 1_000 }];
    return [];
  });
}

/** The slots without a live tombstone. */
export async function* idleSlots(store: Store): AsyncGenerator<Stored<Entity>, undefined> {
  for await (const slot of store.table.list<EarlyRow>(EARLY_SIGN_OUTS, "f")) {
    if (liveTombstones(slot, store.now()).length === 0) yield slot;
  }
}

function liveTombstones(slot: Stored<EarlyRow>, now: number): Buffer[] {
  // Anything else was not written by this app.
  if (!(slot.tombstones instanceof Uint8Array)) return [];
  const tombstones = Buffer.from(slot.tombstones);
  const live: Buffer[] = [];
  for (let at = 0; at + EARLY.bytes <= tombstones.length; at += EARLY.bytes) {
    const tombstone = tombstones.subarray(at, at + EARLY.bytes);
    const age = now - tombstone.readUInt32BE(EARLY.leftAt) * 1_000;
    // No clock of ours is further ahead.
    if (age < TOMBSTONE_LIFETIME_MS && age >= -CLOCKS_APART_MS) live.push(tombstone);
  }
  return live;
}

type Channel = "front" | "back";

/** Both channels' tombstones for a key are in one slot, which a byte of the hash names. */
function placeOf(key: IndexKey): { rowKey: string; ids: Record<Channel, Buffer> } {
  const [front, back] = [hash(key), hash(`back ${key}`)];
  return {
    rowKey: front.toString("hex", ID, ID + 1),
    ids: { front: front.subarray(0, ID), back: back.subarray(0, ID) },
  };
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1_000);
}
