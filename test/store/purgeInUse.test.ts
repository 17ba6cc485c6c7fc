import { expect, it } from "@jest/globals";
import { type Sid, sidPartition } from "../../src/shared/rows/keys.ts";
import { describeAccount } from "../../src/shared/store/describe.ts";
import { fence, readHead } from "../../src/shared/store/generation.ts";
import { noteSignedOut, readSid } from "../../src/shared/store/sidIndex.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
} from "../../src/shared/store/signOut.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import { expectPurge, filedIn } from "./purging.ts";
import {
  asTheReleaseBefore,
  DAY,
  HOME,
  HOUR,
  keysOf,
  MIDNIGHT,
  MINUTE,
  NOON,
  PARTITION,
  SID,
  signIn as signInTo,
  storeOfEach,
} from "./samples.ts";

/* An account that other sessions use than those that have expired, or that somebody uses at this moment. */

const store = storeOfEach();

const signIn = (expiresAt: number, sid = "sid", subject?: string) =>
  signInTo(store, { expiresAt, sid, subject });
const isInUse = async () => (await describeAccount(store, HOME)) !== undefined;
const sidsLeft = () => keysOf(store, /^[su]\./).map((key) => key.replace("|sid", ""));

it("stays, and so does what leads to its sessions", async () => {
  await signIn(NOON + 8 * HOUR);
  await signIn(NOON + 2 * DAY, "sid 2");
  expect(filedIn(store)).toEqual(["2026-01-15", "2026-01-17"]);
  await expectPurge(store, MIDNIGHT, { kept: 1 });
  expect(filedIn(store)).toEqual(["2026-01-17"]);
  expect(sidsLeft()).toEqual([sidPartition("sid 2" as Sid)]);
  expect(await isInUse()).toBe(true);
  await expectPurge(store, MIDNIGHT + 2 * DAY, { expired: 1 });
  expect(keysOf(store)).toEqual([]);
});

it("keeps what a later sign-in leads by, too, and only that one's row is to see to it", async () => {
  await signIn(NOON + 8 * HOUR);
  await signIn(NOON + 2 * DAY, "sid", "adele");
  await expectPurge(store, MIDNIGHT, { kept: 1 });
  expect(filedIn(store)).toEqual(["2026-01-17"]);
  expect(sidsLeft()).toHaveLength(2);
  await expectPurge(store, MIDNIGHT + 2 * DAY, { expired: 1 });
  expect(keysOf(store)).toEqual([]);
});

it("has its row looked at again, while a clock may say that the session is not over", async () => {
  await signIn(MIDNIGHT - MINUTE);
  await signIn(NOON + 2 * DAY, "sid 2");
  await expectPurge(store, MIDNIGHT + 8 * MINUTE);
  expect([filedIn(store).length, sidsLeft().length]).toEqual([2, 2]);
  await expectPurge(store, MIDNIGHT + 9 * MINUTE, { kept: 1 });
  expect([filedIn(store).length, sidsLeft().length]).toEqual([1, 1]);
});

it("keeps nothing that leads to what of it has ended", async () => {
  await signIn(NOON + 8 * HOUR);
  await signOutByUser(store, await signIn(NOON + 2 * DAY));
  await signIn(NOON + 2 * DAY, "sid 2");
  await expectPurge(store, MIDNIGHT, { kept: 1 });
  expect(sidsLeft()).toEqual([sidPartition("sid 2" as Sid)]);
});

it("has what a newer generation needs", async () => {
  await signIn(NOON + 8 * HOUR);
  await signOutByFrontChannel(store, SID);
  await signIn(NOON + 2 * DAY, "sid 2");
  await expectPurge(store, MIDNIGHT, { kept: 1 });
  expect(await isInUse()).toBe(true);
  await expectPurge(store, MIDNIGHT + 2 * DAY, { expired: 1 });
  expect(keysOf(store)).toEqual([]);
});

it("stays when a sign-in joins it at that moment", async () => {
  await signIn(NOON + 8 * HOUR);
  store.table.before = () => signIn(NOON + 2 * DAY, "sid 2");
  await expectPurge(store, MIDNIGHT, { kept: 1 });
  expect((await describeAccount(store, HOME))?.expiresAt).toBe("2026-01-17T12:00:00.000Z");
});

it.each<[string, RegExp, () => Promise<unknown>]>([
  [
    "by a sign-out",
    /^s\./,
    async () => {
      const row = await readSid(store, sidPartition(SID));
      if (row) await noteSignedOut(store, row);
    },
  ],
  [
    "by what holds a sign-in back",
    /^a\..*head$/,
    async () => fence(store, PARTITION, await readHead(store, PARTITION)),
  ],
])("keeps what is changed at that moment %s, and its row", async (_, changed, change) => {
  await signIn(NOON + 8 * HOUR);
  const { remove } = store.table;
  store.table.remove = async (...row) => {
    if (changed.test(row.slice(0, 2).join("|"))) {
      store.table.remove = remove;
      await change();
    }
    return await remove(...row);
  };
  await expectPurge(store, MIDNIGHT);
  expect(keysOf(store, changed)).toHaveLength(1);
  expect(filedIn(store)).toHaveLength(1);
  await expectPurge(store, MIDNIGHT + HOUR, { expired: 1 });
  expect(keysOf(store)).toEqual([]);
});

it.each([undefined, "adele"])(
  "keeps what the release before wrote of it (subject: %p)",
  async (subject) => {
    await signIn(NOON + 8 * HOUR, "sid", subject);
    await signIn(NOON + 2 * DAY, "sid 2");
    asTheReleaseBefore(store);
    await expectPurge(store, MIDNIGHT, { kept: 1 });
    expect(filedIn(store)).toEqual(["2026-01-17", "2026-01-17"]);
    await signOutByFrontChannel(store, SID);
    expect(await isInUse()).toBe(false);
    await expectPurge(store, MIDNIGHT + 2 * DAY, { expired: 2 });
    expect(keysOf(store)).toEqual([]);
  },
);

it("may be gone at the moment at which what the release before wrote is to be kept", async () => {
  await signIn(NOON + 8 * HOUR, "sid", "adele");
  await signIn(NOON + 2 * DAY, "sid 2");
  const [over = ""] = keysOf(store, /^u\./);
  const dated = store.table.rows.get(over) as Stored;
  asTheReleaseBefore(store);
  store.table.rows.set(over, dated);
  // Before it removes that one.
  store.table.before = () => signOutByOperator(store, PARTITION);
  await expectPurge(store, MIDNIGHT, { kept: 1 });
  await expectPurge(store, MIDNIGHT + 2 * DAY, { expired: 2 });
  expect(keysOf(store)).toEqual([]);
});
