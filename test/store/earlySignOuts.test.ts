import { describe, expect, it } from "@jest/globals";
import type { IndexKey } from "../../src/shared/rows/keys.ts";
import {
  noteEarlyLogoutToken,
  noteEarlySignOut,
  readEarlyTombstones,
} from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { type MemoryStore, MINUTE, memoryStore, storeOfEach } from "./samples.ts";

const CAPACITY = 2_000;
const TOMBSTONE = 32;

const store = storeOfEach();
const note = (sid: string) => noteEarlySignOut(store, sid as IndexKey);
const noteToken = (sid: string, until: number) =>
  noteEarlyLogoutToken(store, sid as IndexKey, until);
const read = (sid: string) => readEarlyTombstones(store, sid as IndexKey);
const isFound = async (sid: string) => (await read(sid)).length > 0;
const rows = () => [...store.table.rows.values()];
const tombstones = () => rows().map((row) => row.tombstones as Uint8Array);

/** As many sids as asked for that share a slot. */
async function neighbours(count: number): Promise<string[]> {
  const found: string[] = [];
  const elsewhere = memoryStore();
  for (let i = 0; found.length < count; i++) {
    const sid = `sid ${i}`;
    await noteEarlySignOut(elsewhere, sid as IndexKey);
    if (elsewhere.table.rows.has("e|00")) found.push(sid);
    elsewhere.table.rows.clear();
  }
  return found;
}

describe("an early sign-out", () => {
  it("is found by its sid, to the letter", async () => {
    await note("one");
    const asked = ["one", "One", "one ", "", "two"];
    const found = await Promise.all(asked.map((sid) => isFound(sid)));
    expect(found).toEqual([true, false, false, false, false]);
  });

  it.each([
    [0, true],
    [30 * MINUTE - 1_000, true],
    [30 * MINUTE, false],
    [24 * 60 * MINUTE, false],
    [-10 * MINUTE, true],
    [-10 * MINUTE - 1_000, false],
  ])(
    "counts for half an hour, and ahead as far as clocks are apart: after %i ms it is found is %s",
    async (elapsed, found) => {
      await note("one");
      store.time += elapsed;
      expect(await isFound("one")).toBe(found);
    },
  );

  it("takes the place of those that count no more", async () => {
    const [first = "", second = ""] = await neighbours(2);
    await note(first);
    store.time += 30 * MINUTE;
    await note(second);
    expect(tombstones().map(({ length }) => length)).toEqual([TOMBSTONE]);
  });

  it("has a version, and a new one each time it is noted; the last is kept", async () => {
    await note("one");
    const [first] = await read("one");
    store.time += MINUTE;
    await note("one");
    const left = await read("one");
    expect(left).toEqual([{ version: expect.any(String), leftAt: store.time }]);
    expect(left[0]?.version).not.toBe(first?.version);
    expect(tombstones().map(({ length }) => length)).toEqual([TOMBSTONE]);
  });

  it("by a logout token is kept beside it, with the token's time", async () => {
    await note("one");
    await noteToken("one", store.time - MINUTE);
    expect(await read("one")).toEqual([
      { version: expect.any(String), leftAt: store.time },
      { version: expect.any(String), issuedUntil: store.time - MINUTE },
    ]);
    const bytes = Buffer.from(tombstones()[0] ?? []);
    expect([16, 20, TOMBSTONE + 20].map((at) => bytes.readUInt32BE(at) * 1_000)).toEqual([
      store.time,
      0,
      store.time - MINUTE,
    ]);
    await noteToken("one", store.time - 2 * MINUTE);
    const [, tombstone] = await read("one");
    expect(tombstone).toMatchObject({ issuedUntil: store.time - MINUTE });
    expect(store.table.rows.size).toBe(1);
  });

  it("shows nothing of the sid", async () => {
    await note("a-readable-sid");
    expect(rows()).toEqual([
      {
        partitionKey: "e",
        rowKey: expect.stringMatching(/^[0-9a-f]{2}$/),
        tombstones: expect.any(Uint8Array),
        etag: expect.any(String),
      },
    ]);
    expect(Buffer.from(tombstones()[0] ?? []).toString("latin1")).not.toContain("readable");
  });
});

describe("10,000 made-up sids", () => {
  it("leave a bounded number of rows, and none is lost", async () => {
    const sids = Array.from({ length: 10_000 }, () => crypto.randomUUID());
    for (const sid of sids) await note(sid);
    const sizes = tombstones().map(({ length }) => length);
    expect(sizes.length).toBeLessThanOrEqual(256);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(CAPACITY * TOMBSTONE);
    for (const sid of sids) expect(await isFound(sid)).toBe(true);
    expect(await isFound(crypto.randomUUID())).toBe(false);
  });
});

it.each([
  ["of a number", 5],
  ["of text", "e".repeat(64)],
  ["of too few bytes", Buffer.alloc(31)],
])("a slot %s, as somebody else wrote it, is taken for an empty one", async (_, written) => {
  await note("one");
  const [key = ""] = store.table.rows.keys();
  store.table.rows.set(key, { ...(rows()[0] as Stored), tombstones: written });
  expect(await isFound("one")).toBe(false);
  await note("one");
  expect(await isFound("one")).toBe(true);
  expect(tombstones().map(({ length }) => length)).toEqual([TOMBSTONE]);
});

describe("a full slot", () => {
  it.each([
    [
      [0, 1],
      [false, true, true],
    ],
    [
      [1, 0],
      [true, false, true],
    ],
    // The first is noted once more.
    [
      [0, 1, 0],
      [true, false, true],
    ],
  ])("keeps its size and gives up the oldest, where %j were noted", async (noted, expected) => {
    const sids = await neighbours(3);
    for (const number of noted) {
      await note(sids[number] ?? "");
      store.time += MINUTE;
    }
    const [row] = rows();
    if (!row) throw new Error("Nothing noted.");
    const two = Buffer.from(row.tombstones as Uint8Array);
    const filler = Buffer.alloc((CAPACITY - 2) * TOMBSTONE, two.subarray(TOMBSTONE));
    for (let at = 0; at < filler.length; at += TOMBSTONE) filler.writeUInt32BE(at, at);
    store.table.rows.set("e|00", { ...row, tombstones: Buffer.concat([two, filler]) });

    await note(sids[2] ?? "");
    expect(await Promise.all(sids.map((sid) => isFound(sid)))).toEqual(expected);
    expect(tombstones().map(({ length }) => length)).toEqual([CAPACITY * TOMBSTONE]);
  });
});

describe("sign-outs at once in one slot", () => {
  it("do not get into each other's way in one process, however many a stranger makes up", async () => {
    const sids = await neighbours(300);
    await Promise.all(sids.map((sid) => note(sid)));
    expect(store.table.operations).toEqual(["get e|00", "insert e|00", "get e|00", "replace e|00"]);
    for (const sid of sids) expect(await isFound(sid)).toBe(true);
  });

  it("are kept or refused by many processes when there are too many, never lost in silence", async () => {
    const sids = await neighbours(30);
    const instances = sids.map(() => ({ ...store }));
    const notes = await Promise.allSettled(
      sids.map((sid, i) => noteEarlySignOut(instances[i] as MemoryStore, sid as IndexKey)),
    );
    const noted = notes.map(({ status }) => status === "fulfilled");
    const found = await Promise.all(sids.map((sid) => isFound(sid)));
    expect(found).toEqual(noted);
    expect(noted).toContain(true);
    for (const note of notes) {
      if (note.status === "rejected") expect(note.reason.code).toBe("ERR_STORE_UNAVAILABLE");
    }
  });
});

describe("idle slots", () => {
  it("are removed, and no others", async () => {
    const [old = "", young = ""] = await neighbours(2);
    const elsewhere = ["a", "b", "c", "d", "e", "f"];
    for (const sid of [old, ...elsewhere]) await note(sid);
    const slots = store.table.rows.size;
    store.time += 29 * MINUTE;
    await note(young);
    await purge(store);
    expect(store.table.rows.size).toBe(slots);
    store.time += MINUTE;
    await purge(store);
    expect([...store.table.rows.keys()]).toEqual(["e|00"]);
    expect(await isFound(young)).toBe(true);
    store.time += 30 * MINUTE;
    await purge(store);
    expect(store.table.rows.size).toBe(0);
  });

  it("are left where a sign-out is being noted", async () => {
    const [old = "", young = ""] = await neighbours(2);
    await note(old);
    store.time += 30 * MINUTE;
    store.table.before = () => note(young);
    await purge(store);
    expect(await isFound(young)).toBe(true);
  });
});
