import { expect, it } from "@jest/globals";
import { isPointer, type Kind, readRow } from "../../src/shared/rows/readRow.ts";
import { type ExpiryRow, indexKeysIn } from "../../src/shared/rows/rows.ts";
import type { Stored } from "../../src/shared/table/table.ts";

const HASH = "A".repeat(43);
const ACCOUNT = `a.${HASH}`;
const GENERATION = "g".repeat(22);
const TIME = "2026-11-30T12:00:00.000Z";
const BYTES = new Uint8Array(32);

const ROWS: Readonly<Record<Kind, Omit<Stored, "etag">>> = {
  head: { partitionKey: ACCOUNT, rowKey: "head", generation: GENERATION, changedAt: TIME },
  account: {
    partitionKey: ACCOUNT,
    rowKey: `c.${GENERATION}`,
    keyId: "k1",
    chunks: 2,
    expiresAt: TIME,
    d0: BYTES,
    d1: BYTES,
  },
  index: {
    partitionKey: `s.${HASH}`,
    rowKey: "sid",
    partition: ACCOUNT,
    generation: GENERATION,
    signedOut: false,
    changedAt: TIME,
  },
  expiry: {
    partitionKey: "x.2026-11-30",
    rowKey: HASH,
    partition: ACCOUNT,
    generation: "",
    sids: "",
  },
  used: { partitionKey: "t.2026-11-30", rowKey: HASH, taker: "somebody" },
  early: { partitionKey: "e", rowKey: "0f", tombstones: BYTES },
};

const kindOf = (kind: Kind, changes: object = {}) =>
  readRow({ ...ROWS[kind], etag: "v1", ...changes } as Stored)?.kind;

it.each<[Kind, ...object[]]>([
  ["head", {}, { generation: "" }],
  ["account", {}, { chunks: 0, d0: undefined, d1: undefined }, { fingerprint: "f", format: 1 }],
  ["index", {}, { partitionKey: `u.${HASH}` }, { partition: "elsewhere" }],
  ["index", { tombstone: "t", leftAt: TIME }, { tokenTombstone: "t", issuedUntil: TIME }],
  ["expiry", {}, { generation: GENERATION }, { sids: `s.${HASH}` }, { sids: "s.a-b u._c" }],
  ["used", {}, { taker: 5 }],
  ["early", {}, { rowKey: "a9" }, { tombstones: new Uint8Array(64) }],
])("reads a row of kind %s", (kind, ...changes) => {
  for (const change of changes) {
    const row = Object.entries({ ...ROWS[kind], ...change }).filter(
      ([, value]) => value !== undefined,
    );
    expect(readRow({ ...Object.fromEntries(row), etag: "v1" } as Stored)).toMatchObject({ kind });
  }
});

const DAYS = ["x", "2026-11", "2026-11-300", "32026-11-30", "2026-13-30", "2026-11-30T12:00"];

it.each<[Kind, ...object[]]>([
  ["head", { generation: 5 }, { changedAt: "later" }, { changedAt: 5 }, { rowKey: "heads" }],
  [
    "head",
    ...[`a.${HASH}A`, "a.A", `aa.${HASH}`, `q.${HASH}`, `a.${HASH}\n`, "a."].map(
      (partitionKey) => ({
        partitionKey,
      }),
    ),
  ],
  ["account", { chunks: 1 }, { chunks: 3, d2x: BYTES }, { chunks: 3, xd2: BYTES }, { keyId: 5 }],
  ["account", ...["later", 5, undefined].map((expiresAt) => ({ expiresAt }))],
  ["account", ...["c.g", `d.${GENERATION}`, `c.${GENERATION}g`].map((rowKey) => ({ rowKey }))],
  ["index", { partition: 5 }, { generation: 5 }, { signedOut: "yes" }, { changedAt: "later" }],
  ["index", { rowKey: "sids" }, { partitionKey: "s.A" }, { partitionKey: `sx.${HASH}` }],
  ["index", { tombstone: "t" }, { tombstone: "t", leftAt: "x" }, { tokenTombstone: "t" }],
  ["expiry", ...["a.", "xa.b", "a.b c", 5].map((partition) => ({ partition }))],
  ["expiry", { generation: 5 }, { generation: " " }, { generation: "a b" }],
  ["expiry", ...[undefined, 5, "a.b", "xs.a", "s.a, u.b", "s."].map((sids) => ({ sids }))],
  ["expiry", ...DAYS.map((day) => ({ partitionKey: `x.${day}` }))],
  ["used", ...DAYS.map((day) => ({ partitionKey: `t.${day}` }))],
  ["used", { rowKey: "A" }, { rowKey: `${HASH}A` }, { rowKey: `${HASH.slice(1)}/` }],
  ["early", { rowKey: "f" }, { rowKey: "fff" }, { rowKey: "g0" }, { rowKey: "00 " }],
  ["early", ...[[], Array(33).fill(0)].map((bytes) => ({ tombstones: new Uint8Array(bytes) }))],
  ["early", { tombstones: "0".repeat(32) }, { partitionKey: "ee" }, { partitionKey: "" }],
])("reads nothing that only looks like %s: %j", (kind, ...changes) => {
  for (const change of changes) expect([change, kindOf(kind, change)]).toEqual([change, undefined]);
});

it("takes for a pointer what names an account and a generation", () => {
  const pointers = [
    { partition: ACCOUNT, generation: GENERATION },
    { partition: "a.b", generation: "c" },
  ];
  const others = ["", "a.", "xa.b", "a.b c", undefined]
    .map((partition) => ({ partition, generation: "c" }))
    .concat(["", " ", "a b", "c.d"].map((generation) => ({ partition: "a.b", generation })));
  expect(pointers.filter(isPointer)).toEqual(pointers);
  expect([...others, {}].filter(isPointer)).toEqual([]);
});

it.each([
  ["", []],
  ["s.a", ["s.a"]],
  ["s.a u.b", ["s.a", "u.b"]],
])("finds the index rows in %j", (sids, keys) => {
  expect(indexKeysIn({ sids } as ExpiryRow)).toEqual(keys);
});
