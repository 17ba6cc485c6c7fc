import { describe, expect, it } from "@jest/globals";
import {
  accountPartition,
  announcedRow,
  expiryPartition,
  expiryRow,
  type HomeAccountId,
  type IndexKey,
  isHomeAccountId,
  isSessionKey,
  type PartitionKey,
  type Sid,
  sessionKey,
  sidPartition,
  subjectPartition,
  usedRow,
} from "../../src/shared/rows/keys.ts";
import { HOME, NOON } from "../store/samples.ts";

const accountOf = (id: string) => accountPartition(id as HomeAccountId);
const sidOf = (id: string) => sidPartition(id as Sid);
const usedKey = (id: string) => usedRow(id, NOON).rowKey;
const HASHED: [string, (id: string) => string, string][] = [
  ["account", accountOf, "a."],
  ["sid", sidOf, "s."],
  ["subject", subjectPartition, "u."],
  ["session", sessionKey, ""],
  ["used", usedKey, ""],
];
const IDS = ["", "a/b\\c#d?e", "\0\t\n\x7f", "Zoë 🙂", "x".repeat(100_000), "%2F+&'", HOME];

describe.each(HASHED)("the key of a %s", (_, keyOf, prefix) => {
  it("is short and has legal characters only, whatever the id is", () => {
    for (const id of IDS) {
      const key = keyOf(id);
      expect(key.slice(0, prefix.length)).toBe(prefix);
      expect(key.slice(prefix.length)).toMatch(/^[A-Za-z0-9_-]{43}$/);
      expect(Buffer.byteLength(key)).toBeLessThanOrEqual(255);
    }
  });

  it("is the same for the same id, another for another", () => {
    expect(IDS.map(keyOf)).toEqual(IDS.map(keyOf));
    expect(new Set(IDS.map(keyOf)).size).toBe(IDS.length);
    expect(keyOf("a b")).not.toBe(keyOf("a b "));
  });

  it("says nothing of the id", () => {
    expect(keyOf("adele@contoso.com")).not.toMatch(/adele|contoso/i);
  });
});

it("is of one kind only: the same id has another hash in each", () => {
  const hashes = HASHED.map(([, keyOf, prefix]) => keyOf(HOME).slice(prefix.length));
  expect(new Set(hashes).size).toBe(HASHED.length);
});

it.each<[string, (id: string) => string, boolean]>([
  ["account", accountOf, true],
  ["sid", sidOf, false],
  ["subject", subjectPartition, false],
  ["session", sessionKey, false],
  ["used", usedKey, false],
])("the case of a %s's id is ignored: %s", (_, keyOf, ignored) => {
  expect(keyOf("ABC.def") === keyOf("abc.DEF")).toBe(ignored);
});

it("every key is what it was when the rows that are stored were written", () => {
  const sids = ["s.1", "u.1"] as IndexKey[];
  expect([
    accountOf("id"),
    sidOf("id"),
    subjectPartition("id"),
    sessionKey("id"),
    usedKey("id"),
    announcedRow(sids[0] as IndexKey, NOON).rowKey,
    expiryRow("a.1" as PartitionKey, sids),
  ]).toEqual([
    "a.Q_ZpU1sI6YRGhucXZbq-Wm1DPzP1B_A5QDMI2ApcjFQ",
    "s.PXqSIQjaxIyG1S9Q18Z8u5MJZE-6Ko3ttlDptDmfRb8",
    "u.ZLGHkwruYC4Mew0RUyqDQgkZ175ygTGhcc1CrNZ3PDQ",
    "tBda7e6mf7em1KC8kx6EPWdvYDuq04aD0-2O9jDMGMc",
    "ADA-lDZqNbWd-1086DvSO4lbThkg9qLg--mAzAMXWAI",
    "ehwbQ0IMtv6-C2JK_3iXHK-Nu8rTDMzzzpGOy5Wp8Ho",
    "JyAMM0K3soKsjkCTnx4t5V26sieHJ5ZmZoOblU00lYc",
  ]);
});

it("what has the form of an account's id, or of a session's key, is told to the letter", () => {
  const key = sessionKey("id");
  for (const [is, text] of [
    [isHomeAccountId, HOME],
    [isSessionKey, key],
  ] as const) {
    expect([text, `x${text}`, `${text}x`, ""].map(is)).toEqual([true, false, false, false]);
  }
});

it.each([
  [Date.UTC(2026, 0, 15), "2026-01-15"],
  [Date.UTC(2026, 0, 16) - 1, "2026-01-15"],
  [Date.UTC(2026, 0, 16), "2026-01-16"],
  [Date.UTC(2024, 1, 29, 23, 59), "2024-02-29"],
])("the day of %i is %s, UTC", (time, day) => {
  expect(expiryPartition(time)).toBe(`x.${day}`);
  expect(usedRow("id", time).partitionKey).toBe(`t.${day}`);
});
