import { describe, expect, it } from "@jest/globals";
import { SignInOvertaken } from "../../src/shared/base/errors.ts";
import type { Generation, IndexKey } from "../../src/shared/rows/keys.ts";
import { headOf, readHead } from "../../src/shared/store/generation.ts";
import { reserveSid, takeSidOver } from "../../src/shared/store/reservation.ts";
import {
  isOver,
  noteIssuedUntil,
  noteSignedOut,
  readSid,
  tombstonesOf,
} from "../../src/shared/store/sidIndex.ts";
import type { GenerationRef } from "../../src/shared/store/store.ts";
import type { SignInStart } from "../../src/shared/store/tombstones.ts";
import { HOUR, MINUTE, NOON, refOf, storeOfEach } from "./samples.ts";

const KEY = "s.1";
const MINE = refOf("a.1", "g1");
const NEXT = refOf("a.1", "g2");
const OTHERS = refOf("a.2", "g9");

const store = storeOfEach();

/** Of one that started when the clock stood there. */
const reserve = async (
  ref: GenerationRef,
  abandoned: string[] = [],
  start: SignInStart = { at: store.time, seen: [] },
  issuedAt = store.time,
  over = NOON + 8 * HOUR,
) => {
  const [key, reservation] = [KEY as IndexKey, { ...ref, over }];
  if (await reserveSid(store, key, reservation)) return true;
  const read = await row();
  return await takeSidOver(store, key, read, reservation, new Set(abandoned as Generation[]), {
    start,
    issuedAt,
  });
};
const isReserved = (...args: Parameters<typeof reserve>) =>
  reserve(...args).then(
    () => true,
    () => false,
  );
const seen = async () => tombstonesOf(await row()).map(({ version }) => version);
async function open({ partition, generation }: GenerationRef) {
  await store.table.insert(headOf(store, partition, generation));
  await store.table.insert({ partitionKey: partition, rowKey: `c.${generation}` });
}
const isOpen = ({ partition, generation }: GenerationRef) =>
  store.table.rows.has(`${partition}|c.${generation}`);
async function row() {
  const found = await readSid(store, KEY as IndexKey);
  if (!found) throw new Error("There is no row.");
  return found;
}

describe("reserveSid", () => {
  it("of a new sid writes one row", async () => {
    expect(await reserve(MINE)).toBe(true);
    expect(store.table.operations).toEqual(["insert s.1|sid"]);
    expect(await row()).toEqual({
      partitionKey: KEY,
      rowKey: "sid",
      ...MINE,
      expiresAt: "2026-01-15T20:00:00.000Z",
      signedOut: false,
      tombstone: "",
      leftAt: "",
      tokenTombstone: "",
      issuedUntil: "",
      changedAt: "2026-01-15T12:00:00.000Z",
      keyId: "k1",
      mac: expect.any(Uint8Array),
      etag: expect.any(String),
    });
  });

  it("of one that is its own already changes nothing", async () => {
    await reserve(MINE);
    const before = await row();
    store.time += HOUR;
    expect(await reserve(MINE)).toBe(true);
    expect(await row()).toEqual(before);
  });

  it.each([
    ["earlier", 7 * HOUR, 8 * HOUR],
    ["later", 9 * HOUR, 9 * HOUR],
  ])("says when the last session is over, where another one is so %s", async (_, over, last) => {
    await reserve(MINE);
    expect(await reserve(MINE, [], undefined, undefined, NOON + over)).toBe(true);
    const found = await row();
    expect(found.expiresAt).toBe(new Date(NOON + last).toISOString());
    for (const [later, isIt] of [
      [10 * MINUTE - 1, false],
      [10 * MINUTE, true],
    ] as const) {
      store.time = NOON + last + later;
      expect(isOver(store, found)).toBe(isIt);
    }
  });

  it.each<[string, GenerationRef]>([
    ["the same generation", MINE],
    ["another one of the account", NEXT],
    ["another account", OTHERS],
  ])(
    "of one that was signed out, for %s, is good for who has seen the tombstone",
    async (_, ref) => {
      await open(MINE);
      await reserve(MINE);
      await store.table.remove("a.1", "c.g1");
      expect(await noteSignedOut(store, await row())).toBe(true);
      const { tombstone, leftAt } = await row();
      await expect(reserve(ref)).rejects.toThrow(SignInOvertaken);
      expect(await row()).toMatchObject({ ...MINE, signedOut: true });
      const start = { at: store.time, seen: await seen() };
      expect(await reserve(ref, [], start)).toBe(true);
      expect(await row()).toMatchObject({ ...ref, signedOut: false, tombstone, leftAt });
      // Nobody else is let in by that, and nobody twice.
      await expect(reserve(ref)).rejects.toThrow(SignInOvertaken);
      await noteSignedOut(store, await row());
      await expect(reserve(ref, [], start)).rejects.toThrow(SignInOvertaken);
    },
  );

  it.each([
    [10 * MINUTE, "not good for who started no more than ten minutes later", false],
    [10 * MINUTE + 1, "good for who started later", true],
  ])("of one that was signed out, after %i ms, is %s", async (elapsed, _, good) => {
    await reserve(MINE);
    await noteSignedOut(store, await row());
    store.time += elapsed;
    expect(await isReserved(NEXT)).toBe(good);
    expect(await row()).toMatchObject(good ? NEXT : { ...MINE, signedOut: true });
  });

  it("of one that a release before has marked, goes by its time", async () => {
    const changedAt = new Date(store.time).toISOString();
    await store.table.insert({
      partitionKey: KEY,
      rowKey: "sid",
      ...MINE,
      signedOut: true,
      changedAt,
    });
    await expect(reserve(NEXT)).rejects.toThrow(SignInOvertaken);
    store.time += 10 * MINUTE + 1;
    expect(await reserve(NEXT)).toBe(true);
  });

  it.each([
    ["no newer than the logout token", 0, false],
    ["newer by as much as its provider's clocks are apart", 5_000, false],
    ["newer by more", 5_001, true],
  ])("for an ID token that is %s", async (_, newer, good) => {
    await reserve(MINE);
    await noteIssuedUntil(store, await row(), NOON);
    expect(await isReserved(MINE, [], { at: NOON, seen: [] }, NOON + newer)).toBe(good);
    expect(await reserve(MINE, [], { at: NOON, seen: await seen() }, NOON)).toBe(true);
  });

  it("ends another account's generation before it takes its row", async () => {
    await open(OTHERS);
    await reserve(OTHERS);
    store.table.operations.length = 0;
    expect(await reserve(MINE)).toBe(true);
    expect(isOpen(OTHERS)).toBe(false);
    expect(await row()).toMatchObject(MINE);
    const order = store.table.operations.filter((operation) => /^(remove|replace)/.test(operation));
    expect(order).toEqual(["remove a.2|c.g9", "replace s.1|sid"]);
  });

  it("keeps another account's generation from opening", async () => {
    await reserve(OTHERS);
    expect(await reserve(MINE)).toBe(true);
    expect(await readHead(store, OTHERS.partition)).toMatchObject({ generation: "" });
  });

  it("gives way to an open generation of the account", async () => {
    await open(MINE);
    await reserve(MINE);
    expect(await reserve(NEXT)).toBe(false);
    expect(isOpen(MINE)).toBe(true);
    expect(await row()).toMatchObject(MINE);
  });

  it("takes over from a generation of the account that has ended", async () => {
    await open(MINE);
    await reserve(MINE);
    await store.table.remove("a.1", "c.g1");
    expect(await reserve(NEXT)).toBe(true);
    expect(await row()).toMatchObject(NEXT);
  });

  it("takes over from a generation that is not open yet, and keeps it from opening", async () => {
    await reserve(MINE);
    expect(await reserve(NEXT)).toBe(true);
    expect(await row()).toMatchObject(NEXT);
    expect(await readHead(store, MINE.partition)).toMatchObject({ generation: "" });
  });

  it("takes over from a try of its own without touching the head", async () => {
    await reserve(MINE);
    expect(await reserve(NEXT, ["g1"])).toBe(true);
    expect(await row()).toMatchObject(NEXT);
    expect(await readHead(store, MINE.partition)).toBeUndefined();
  });

  it("looks again when the row changes meanwhile", async () => {
    await reserve(MINE);
    const read = await row();
    let marked = false;
    // The first change is the insert that is refused, the second the replacement.
    store.table.before = async () => {
      store.table.before = async () => {
        marked = await noteSignedOut(store, read);
      };
    };
    await expect(reserve(NEXT, ["g1"])).rejects.toThrow(SignInOvertaken);
    expect(marked).toBe(true);
    expect(await row()).toMatchObject({ ...MINE, signedOut: true });
  });

  it("has to begin anew where the purge takes the row away meanwhile", async () => {
    await reserve(MINE);
    store.table.before = async () => {
      store.table.before = () => store.table.remove(KEY, "sid");
    };
    expect(await reserve(NEXT, ["g1"])).toBe(false);
    expect(await reserve(NEXT, ["g1"])).toBe(true);
    expect(await row()).toMatchObject(NEXT);
  });
});

describe("noteIssuedUntil", () => {
  it("keeps the latest time, and the other channel's tombstone", async () => {
    await reserve(MINE);
    await noteSignedOut(store, await row());
    const { tombstone, leftAt } = await row();
    for (const until of [NOON, NOON + MINUTE, NOON - MINUTE])
      expect(await noteIssuedUntil(store, await row(), until)).toBe(true);
    const issuedUntil = new Date(NOON + MINUTE).toISOString();
    expect(await row()).toMatchObject({
      ...MINE,
      signedOut: true,
      tombstone,
      leftAt,
      issuedUntil,
    });
    await noteSignedOut(store, await row());
    expect(await row()).toMatchObject({ issuedUntil });
    expect((await row()).tombstone).not.toBe(tombstone);
  });
});

describe("noteSignedOut", () => {
  it("keeps where the row points, and notes when", async () => {
    await reserve(MINE);
    store.time += HOUR;
    await noteSignedOut(store, await row());
    const changedAt = "2026-01-15T13:00:00.000Z";
    expect(await row()).toMatchObject({ ...MINE, signedOut: true, changedAt });
  });

  it("fails when a sign-in has reserved it since", async () => {
    await reserve(MINE);
    const old = await row();
    await reserve(NEXT, ["g1"]);
    expect(await noteSignedOut(store, old)).toBe(false);
    expect(await row()).toMatchObject({ ...NEXT, signedOut: false });
  });
});
