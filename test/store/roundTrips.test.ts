import { beforeEach, expect, it } from "@jest/globals";
import { createWatch, type Watch } from "../../bench/world/watch.ts";
import { type Sid, sidPartition } from "../../src/shared/rows/keys.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { seenTombstones } from "../../src/shared/store/seenTombstones.ts";
import { signOutByFrontChannel, signOutByUser } from "../../src/shared/store/signOut.ts";
import { retrying } from "../../src/shared/table/retrying.ts";
import { modelRequests } from "../races/model.ts";
import { HOUR, type MemoryStore, memoryStore, NOON, signIn } from "./samples.ts";

let watch: Watch;
let store: MemoryStore;
beforeEach(() => {
  watch = createWatch();
  const requests = watch.watching(modelRequests(200));
  const table = retrying(requests, { delays: [], maxDelay: 0, sleep: async () => {} });
  store = memoryStore();
  Object.assign(store.table, table);
});

/** What a callback does of a provider that has a back channel, or has none. */
async function callback(sid: string, subject?: string) {
  await useOnce(store, `state ${store.randomBytes(8)}`, NOON + HOUR);
  return await signIn(store, { sid, subject });
}

async function cost(run: () => Promise<unknown>) {
  watch.take();
  await run();
  const { requests, roundTrips } = watch.take();
  return { requests: requests.length, roundTrips };
}

it.each([
  ["without a back channel", undefined, 0],
  ["with one", "adele", 3],
])("a sign-in's round trips one after the other, %s", async (_, subject, more) => {
  // Opens the account's first generation.
  expect(await cost(() => callback("1", subject))).toEqual({ requests: 7 + more, roundTrips: 4 });
  // Joins it.
  const joined = await cost(() => callback("2", `${subject} too`));
  expect(joined.roundTrips).toBe(4);
  // Joins it with a known sid.
  expect((await cost(() => callback("1", subject))).roundTrips).toBeLessThanOrEqual(6);
  // Opens another one.
  await signOutByUser(store, await callback("3"));
  expect(await cost(() => callback("4"))).toEqual({ requests: 8, roundTrips: 4 });
  // With a sid that is known.
  await signOutByUser(store, await callback("4"));
  expect((await cost(() => callback("4"))).roundTrips).toBe(6);
});

it("what a browser has seen is read at once", async () => {
  const keys = ["1", "2", "3"].map((sid) => sidPartition(sid as Sid));
  expect(await cost(() => seenTombstones(store, keys))).toEqual({ requests: 6, roundTrips: 1 });
  expect(await cost(() => seenTombstones(store, []))).toEqual({ requests: 0, roundTrips: 0 });
});

it.each([
  ["a known sid finds the tokens, takes them away, and leaves word", "sid", 3, 3],
  ["an unknown sid looks for it, leaves word, and looks again", "unknown", 5, 4],
])("a sign-out elsewhere of %s", async (_, sid, requests, roundTrips) => {
  await signIn(store);
  expect(await cost(() => signOutByFrontChannel(store, sid as Sid))).toEqual({
    requests,
    roundTrips,
  });
});

it("a sign-out elsewhere that is repeated looks for its sid, and leaves word", async () => {
  await callback("1");
  await signOutByFrontChannel(store, "1" as Sid);
  const { requests, roundTrips } = await cost(() => signOutByFrontChannel(store, "1" as Sid));
  expect({ requests, roundTrips }).toEqual({ requests: 2, roundTrips: 2 });
});
