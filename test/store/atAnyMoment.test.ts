import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { BadRequest, SignInOvertaken } from "../../src/shared/base/errors.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { seenTombstones } from "../../src/shared/store/seenTombstones.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { indexKeysOf } from "../../src/shared/store/signIn.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import type { Store } from "../../src/shared/store/store.ts";
import {
  HOUR,
  homeOf,
  type MemoryStore,
  MIDNIGHT,
  MINUTE,
  memoryStore,
  SID,
  signIn as signInTo,
  signOutByToken,
  type Visit,
  withTable,
} from "./samples.ts";

const WHO = { sids: [SID], subject: "adele" };

type SignOut = (store: Store, issuedAt: number) => Promise<void>;
const front: SignOut = (store) => signOutByFrontChannel(store, SID);
const BY_TOKEN: readonly [string, SignOut][] = [
  ["the back channel, by sid", (store, at) => signOutByToken(store, { sid: SID }, at)],
  ["the back channel, by sub", (store, at) => signOutByToken(store, { sub: "adele" }, at)],
];

const signIn = (store: MemoryStore, visit: Visit = {}) =>
  signInTo(store, { issuedAt: store.time, expiresAt: store.time + 8 * HOUR, ...visit });

/** What is there before. */
const STATES: readonly [string, (store: MemoryStore) => Promise<unknown>][] = [
  ["nothing", async () => {}],
  ["another browser's session", (store) => signIn(store, { sid: "another" })],
  ["an earlier session of it", (store) => signIn(store, { subject: "adele" })],
  ["a session of it that is signed out", (store) => signIn(store).then(() => front(store, 0))],
  ["another account's session", (store) => signIn(store, { homeAccountId: homeOf("another") })],
  ["a sign-out of nobody", (store) => front(store, 0)],
];

/** When the sign-in begins, how far the sign-out's clock is ahead, and when the second of the two comes. */
const TIMES: readonly [string, number, number, number][] = [
  ["after midnight", MIDNIGHT + HOUR / 2, 0, 0],
  // A sign-in is announced under the day that it is an hour later.
  ["before midnight", MIDNIGHT - HOUR, -10 * MINUTE, 0],
  ["at midnight", MIDNIGHT - HOUR - 1, 10 * MINUTE, 10 * MINUTE],
];

/** The store of an instance whose writes take longer: one that does not wait for them is found out. */
function elsewhere(store: MemoryStore, ahead: number): Store {
  const slow =
    <A extends unknown[], R>(write: (...of: A) => Promise<R>) =>
    async (...of: A): Promise<R> => {
      await setImmediate();
      return await write(...of);
    };
  const { insert, replace, remove } = store.table;
  const writes = { insert: slow(insert), replace: slow(replace), remove: slow(remove) };
  return { ...withTable(store, writes), now: () => store.time + ahead };
}

const unless = (Expected: new (...of: never[]) => Error) => (error: unknown) => {
  if (!(error instanceof Expected)) throw error;
  return undefined;
};

describe.each(STATES)("where there is %s", (_, prepare) => {
  describe.each(TIMES)("%s", (_, begin, ahead, later) => {
    /** Whether the sign-in counts in the end: for each moment at which one of the two comes while the other runs. */
    async function* outcomes(signOut: SignOut, issuedAt: number) {
      for (const order of ["sign-in first", "sign-out first"]) {
        for (let moment = 0, isInside = true; isInside; moment++) {
          const store = memoryStore(begin);
          await prepare(store);
          const start = { at: begin, seen: await seenTombstones(store, indexKeysOf(WHO)) };
          let held: HeldSession | undefined;
          const runs = [
            async () => {
              const visit = { subject: "adele", issuedAt: begin, start };
              held = await signIn(store, visit).catch(unless(SignInOvertaken));
            },
            async () => {
              await signOut(elsewhere(store, ahead), issuedAt).catch(unless(BadRequest));
            },
          ];
          const [first, second] = order === "sign-in first" ? runs : runs.reverse();
          const by = async () => {
            store.time += later;
            await second?.();
          };
          store.table.interruption = { after: moment, by };
          await first?.();
          isInside = store.table.interruption === undefined;
          if (!isInside) await by();
          yield held !== undefined && (await readSession(store, held)) !== undefined;
        }
      }
    }

    it.each([["the front channel", front] as const, ...BY_TOKEN])(
      "a sign-out by %s ends a sign-in that has begun, at any moment",
      async (_, signOut) => {
        for await (const counts of outcomes(signOut, begin)) expect(counts).toBe(false);
      },
    );

    it.each(BY_TOKEN)(
      "one by %s leaves a later sign-in alone, at any moment",
      async (_, signOut) => {
        for await (const counts of outcomes(signOut, begin - MINUTE)) expect(counts).toBe(true);
      },
    );
  });
});
