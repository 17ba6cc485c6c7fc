import { beforeEach, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BadRequest } from "../../../src/shared/base/errors.ts";
import { accountPartition, type HomeAccountId, type Sid } from "../../../src/shared/rows/keys.ts";
import { signOutByBackChannel } from "../../../src/shared/store/backChannel.ts";
import { endSession } from "../../../src/shared/store/endSession.ts";
import { purge } from "../../../src/shared/store/purge.ts";
import { useOnce } from "../../../src/shared/store/replayGuard.ts";
import type { HeldSession } from "../../../src/shared/store/segments.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
} from "../../../src/shared/store/signOut.ts";
import type { Entity, Stored } from "../../../src/shared/table/table.ts";
import { HOUR, renew, storeOfEach } from "../../store/samples.ts";
import { keyring } from "../../support/keyring.ts";
import { homeAccountId, residueOf, signIn } from "./table.ts";

/** A logout token that finds nobody. */
function unlessUnknown(error: unknown): void {
  if (!(error instanceof BadRequest)) throw error;
}

const NOW = Date.parse("2026-03-01T12:00:00Z");
const store = storeOfEach(NOW);

describe("a table that only the app has written", () => {
  /** What may happen, by two users in browsers with a handful of provider sessions. */
  const user = fc.integer({ min: 1, max: 2 });
  const sid = fc.constantFrom("sid 1", "sid 2", "sid 3");
  const step = fc.oneof(
    fc.record({ do: fc.constant("signIn" as const), user, sid, hours: fc.constantFrom(1, 12, 60) }),
    fc.record({ do: fc.constant("signOutByUser" as const), at: fc.nat(9) }),
    fc.record({ do: fc.constant("endSession" as const), at: fc.nat(9) }),
    fc.record({ do: fc.constant("signOutByFrontChannel" as const), sid }),
    fc.record({ do: fc.constant("signOutSubject" as const), user }),
    fc.record({ do: fc.constant("signOutByOperator" as const), user }),
    fc.record({ do: fc.constant("useOnce" as const), id: fc.string() }),
    fc.record({ do: fc.constant("wait" as const), hours: fc.constantFrom(1, 5, 12, 30) }),
  );

  it("has nothing that should not be there, whatever users do, while the purge runs", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        renew(store, NOW);
        const signedIn: HeldSession[] = [];
        for (const one of steps) {
          await carryOut(one, signedIn).catch(overtaken);
          expect(residueOf(store)).toEqual([]);
        }
        // And in the end nothing is there at all.
        for (let i = 0; i < 5; i++) await carryOut({ do: "wait", hours: 30 }, signedIn);
        expect([...store.table.rows.keys()]).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

  async function carryOut(one: Step, signedIn: HeldSession[]): Promise<void> {
    switch (one.do) {
      case "signIn": {
        const subject = `subject ${one.user}`;
        signedIn.push(await signIn(store, { ...one, sids: [one.sid], subject }));
        return;
      }
      case "signOutByUser":
      case "endSession": {
        const ref = signedIn[one.at];
        if (ref) await (one.do === "endSession" ? endSession : signOutByUser)(store, ref);
        return;
      }
      case "signOutByFrontChannel":
        return await signOutByFrontChannel(store, one.sid as Sid);
      case "signOutSubject": {
        const token = { id: crypto.randomUUID(), sub: `subject ${one.user}`, sid: undefined };
        const times = { issuedAt: store.time, expiresAt: store.time + HOUR };
        return await signOutByBackChannel(store, { ...token, ...times }).catch(unlessUnknown);
      }
      case "signOutByOperator":
        await signOutByOperator(store, accountPartition(homeAccountId(one.user) as HomeAccountId));
        return;
      case "useOnce":
        await useOnce(store, one.id, store.time + HOUR);
        return;
      case "wait":
        for (let hour = 0; hour < one.hours; hour++) {
          store.time += HOUR;
          await purge(store);
        }
    }
  }

  function overtaken(error: Error): void {
    expect(error.name).toBe("SignInOvertaken");
  }
});

const UNNAMED = ["a unnamed", "a unnamed"];
const FORGED = ["s forged", "s forged", "u forged"];
const UNREADABLE = ["a unreadable", "a unreadable"];
const MALFORMED = ["a malformed", "a malformed"];

describe("a row too many, too few, or too old", () => {
  const rowsOf = (wanted: RegExp) =>
    [...store.table.rows].filter(([key]) => wanted.test(key)) as [string, Stored<Entity>][];
  const remove = (wanted: RegExp) => {
    const found = rowsOf(wanted);
    expect(found).not.toEqual([]);
    for (const [key] of found) store.table.rows.delete(key);
  };
  const change = (wanted: RegExp, by: (row: Stored<Entity>) => object) => {
    const found = rowsOf(wanted);
    expect(found).not.toEqual([]);
    for (const [key, row] of found) {
      store.table.rows.set(key, { ...row, ...by(row) } as Stored<Entity>);
    }
  };
  const put = (partitionKey: string, rowKey: string, more: object = {}) =>
    store.table.insert({ partitionKey, rowKey, ...more });
  const found = () =>
    residueOf(store)
      .map(({ partitionKey, kind }) => `${partitionKey[0]} ${kind}`)
      .sort();

  beforeEach(async () => {
    await signIn(store, { user: 1, sids: ["one"], subject: "subject" });
    await signIn(store, { user: 2, sids: ["two"] });
    await signOutByFrontChannel(store, "nobody's" as Sid);
    await useOnce(store, "state", store.time + HOUR);
    expect(residueOf(store)).toEqual([]);
  });

  it.each<[string, () => unknown, string[]]>([
    ["no head", () => remove(/^a\..*head$/), UNNAMED],
    ["another head", () => change(/head$/, lost), UNNAMED],
    ["no sid row", () => remove(/^[su]\./), ["a unindexed", "a unindexed"]],
    [
      "sids that lead elsewhere",
      () => change(/^[su]\./, lost),
      ["a unindexed", "a unindexed", ...FORGED],
    ],
    [
      "marks of somebody without keys",
      () => change(/^[su]\./, () => ({ signedOut: true })),
      FORGED,
    ],
    ["a MAC of nothing", () => change(/^[su]\./, () => ({ mac: new Uint8Array(28) })), FORGED],
    ["a MAC of no bytes", () => change(/^[su]\./, () => ({ mac: "none" })), FORGED],
    ["a subject is enough", () => remove(/^s\./), ["a unindexed"]],
    ["a use of long ago", () => put("t.2026-02-26", "A".repeat(43)), ["t overdue"]],
    ["early sign-outs of long ago", () => change(/^e/, aged), ["e overdue"]],
    ["changed tokens", () => change(/\|c\./, tampered), UNREADABLE],
    ["an unknown key", () => change(/\|c\./, ({ keyId }) => ({ keyId: `${keyId}x` })), UNREADABLE],
    ["stray chunks", () => change(/\|c\./, ({ d0 }) => ({ d1: d0 })), MALFORMED],
    ["lost chunks", () => change(/\|c\./, () => ({ chunks: 2 })), MALFORMED],
    ["tokens without an end", () => change(/\|c\./, () => ({ expiresAt: "later" })), MALFORMED],
    ["an account's other row", () => put(`a.${"A".repeat(43)}`, "notes"), ["a malformed"]],
    ["an account of no hash", () => put("a.adele@contoso.com", "head"), ["a malformed"]],
    ["a strange expiry row", () => put("x.2026-03-01", "row"), ["x malformed"]],
    ["an expiry row of no day", () => put("x.someday", "row", NAMED), ["x malformed"]],
    ["a use of no day", () => put("t.someday", "A".repeat(43)), ["t malformed"]],
    [
      "half a tombstone",
      () => change(/^e/, () => ({ tombstones: new Uint8Array(7) })),
      ["e malformed"],
    ],
    ["somebody's notes", () => put("notes", "mine"), ["n malformed"]],
  ])("%s", async (_, damage, expected) => {
    await damage();
    expect(found()).toEqual(expected);
  });

  it("a head and sids that are none leave the tokens unnamed and unindexed", () => {
    change(/head$/, () => ({ changedAt: 5 }));
    change(/^[su]\./, () => ({ signedOut: "yes" }));
    expect(found()).toEqual([
      ...MALFORMED,
      ...["a unindexed", "a unindexed", ...UNNAMED],
      ...["s malformed", "s malformed", "u malformed"],
    ]);
  });

  it("unfiled: tokens, head and sids that no expiry row names", () => {
    remove(/^x\./);
    expect(found()).toEqual([
      ...["a unfiled", "a unfiled", "a unfiled", "a unfiled"],
      ...["s unfiled", "s unfiled", "u unfiled"],
    ]);
  });

  /** An answer, and three announcements. */
  const USED = Array.from({ length: 4 }, () => "t overdue");

  it("overdue: all of it, once the purge has not run for long", () => {
    // The sessions end at midnight, so on March 2: its purge is due on March 3, and overdue on March 4.
    store.time = Date.parse("2026-03-04T00:00:00Z");
    expect(found()).toEqual(["e overdue", ...USED]);
    store.time += 1;
    expect(found()).toEqual([
      ...["a overdue", "a overdue", "e overdue", ...USED, "x overdue", "x overdue"],
    ]);
  });

  it("what leads to sessions as the release before wrote it is in order", () => {
    for (const [key, { keyId: _, mac: __, expiresAt: ___, ...row }] of rowsOf(/^[su]\./)) {
      store.table.rows.set(key, row as Stored<Entity>);
    }
    expect(found()).toEqual([]);
  });

  it("without keys nothing is called unreadable or forged", () => {
    change(/\|c\./, tampered);
    expect(residueOf(store, keyring("another"))).toHaveLength(5);
    expect(residueOf(store, "no keys")).toEqual([]);
  });

  const NAMED = { partition: "a.x", generation: "g", sids: "" };
  const lost = () => ({ generation: "another" });
  const aged = ({ tombstones }: Stored<Entity>) => ({
    tombstones: (tombstones as Uint8Array).map((byte, i) => ((i % 32) >> 2 === 4 ? 0 : byte)),
  });
  const tampered = ({ d0 }: Stored<Entity>) => ({
    d0: (d0 as Uint8Array).map((byte, i) => (i === 20 ? byte ^ 1 : byte)),
  });
});

it("an account without any sid is in order", async () => {
  await signIn(store, { sids: [] });
  expect(residueOf(store)).toEqual([]);
});
