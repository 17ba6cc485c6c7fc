import { describe, expect, it } from "@jest/globals";
import { SignInOvertaken } from "../../src/shared/base/errors.ts";
import {
  accountPartition,
  type Generation,
  generationRow,
  sessionKey,
  sidPartition,
} from "../../src/shared/rows/keys.ts";
import { unsealAccount } from "../../src/shared/store/accountRow.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { announce, readSidAgain } from "../../src/shared/store/announcements.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { fence } from "../../src/shared/store/generation.ts";
import { purge } from "../../src/shared/store/purge.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
} from "../../src/shared/store/signOut.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { Stored, Table } from "../../src/shared/table/table.ts";
import { slowedTable } from "../support/slowedTable.ts";
import {
  cacheOf,
  DAY,
  HOUR,
  heldBy,
  homeOf,
  incompressible,
  MINUTE,
  PARTITION,
  renew,
  SID,
  signIn as signInTo,
  storeOfEach,
  tokenOf,
  tokenRowsOf,
  type Visit,
  withTable,
} from "./samples.ts";

const store = storeOfEach();

const signIn = (visit: Visit = {}, on: Store = store) =>
  signInTo(on, { cache: cacheOf({ t: tokenOf() }), ...visit });
/** Ages differ, so that one ends first. */
const lasting = (minutes: number) => ({ expiresAt: store.time + HOUR + minutes * MINUTE });
const operations = () =>
  store.table.operations.map((operation) => operation.replace(/ (.)\.[^|]*\|/g, " $1|"));
async function stored({ partition, generation }: HeldSession) {
  const row = await store.table.get(partition, generationRow(generation));
  const account = row && unsealAccount(store.keyring, row);
  if (account === undefined) throw new Error("Nothing is stored.");
  return account;
}
const tokensOf = async (held: HeldSession) =>
  Object.keys((await readSession(store, held))?.content.cache.AccessToken ?? {});
const tokenRows = () => tokenRowsOf(store);

describe("the first sign-in", () => {
  it("writes what leads to the tokens before the tokens, and those with the head in one request", async () => {
    const { generation } = await signIn();
    expect(operations().map((one) => one.replace(/e\|..$/, "e|slot"))).toEqual([
      expect.stringMatching(/^insert t\|/),
      expect.stringMatching(/^insert x\|/),
      expect.stringMatching(/^list a/),
      "insert s|sid",
      "get e|slot",
      `insert a|head,insert a|c.${generation}`,
    ]);
  });

  it("has a share of 256 bits", async () => {
    expect((await signIn()).share).toMatch(/^[\w-]{43}$/);
  });
});

describe("a second browser", () => {
  it("joins the generation, with tokens of its own", async () => {
    const first = await signIn();
    const cache = cacheOf({ other: tokenOf({ secret: "other" }) });
    const second = await signIn({ cache, sid: "sid 2" });
    expect(second.generation).toBe(first.generation);
    expect(second.sessionId).not.toBe(first.sessionId);
    expect(Object.keys((await stored(second)).sessions)).toHaveLength(2);
    expect(await tokensOf(first)).toEqual(["t"]);
    expect(await tokensOf(second)).toEqual(["other"]);
  });

  it("looks again where the list, which was read page by page, has missed the tokens", async () => {
    const first = await signIn();
    let isMissed = true;
    async function* list(from: string, to: string) {
      for await (const row of store.table.list<never>(from, to)) {
        if (!isMissed || !(row as Stored).rowKey.startsWith("c.")) yield row;
      }
      isMissed = false;
    }
    const second = await signIn({ sid: "sid 2" }, withTable(store, { list }));
    expect(second.generation).toBe(first.generation);
    expect(await readSession(store, first)).toBeDefined();
  });

  it("drops the session it had before, and no other", async () => {
    const first = await signIn();
    const other = await signIn({ sid: "sid 2" });
    const again = await signIn({ replaces: first });
    expect(await readSession(store, first)).toBeUndefined();
    expect(await readSession(store, other)).toBeDefined();
    expect(await readSession(store, again)).toBeDefined();
  });

  it("is the fiftieth at most: the session that ends first gives way", async () => {
    const refs: HeldSession[] = [];
    for (let i = 0; i < 51; i++) {
      // The third ends first.
      refs.push(await signIn({ ...lasting(i === 2 ? 0 : 60 + i), sid: `sid ${i}` }));
    }
    const found = await Promise.all(refs.map((ref) => readSession(store, ref)));
    expect(found.map((one) => one !== undefined)).toEqual(refs.map((_, i) => i !== 2));
  });

  it("takes what is free, and only what ends first gives way where that is next to nothing", async () => {
    const cache = incompressible(400, 3_000);
    const refs = [await signIn(lasting(9))];
    // Tokens that do not fit are left out by halves, so it takes a few to fill the row.
    for (const end of [2, 3, 4]) {
      refs.push(await signIn({ ...lasting(end), sid: `sid ${end}`, cache }));
    }
    const segments = async () =>
      await Promise.all(refs.map(async (ref) => (await readSession(store, ref))?.entry.segment));
    const [own, , ...others] = await segments();
    const late = await signIn({ ...lasting(1), sid: "sid 1" });
    expect(await segments()).toEqual([own, undefined, ...others]);
    expect(await tokensOf(late)).toEqual(["t"]);
  });
});

describe("a browser with other sign-ins under way", () => {
  const idOf = (sessionId: string) => ({ sessionId, share: heldBy(sessionId).share });
  const ids = ["own", "second", "third"].map(idOf);

  it.each([
    ["none of them has made", [], "own"],
    ["one of them has made", ["third"], "third"],
    ["two of them have made", ["third", "second"], "second"],
    ["it has made itself, too", ["third", "own"], "own"],
  ])("ends with the session that %s", async (_, made, taken) => {
    for (const id of made) await signIn({ sid: `sid ${id}`, ids: [idOf(id)] });
    const held = await signIn({ ids });
    expect(held).toMatchObject(idOf(taken));
    expect(await tokensOf(held)).toEqual(["t"]);
    const sessions = Object.keys((await stored(held)).sessions);
    expect(sessions.sort()).toEqual([...new Set([...made, taken])].map(sessionKey).sort());
  });

  it("takes over no session that is over", async () => {
    await signIn({ ids: [idOf("second")], ...lasting(1) });
    store.time += 2 * HOUR;
    expect(await signIn({ ids })).toMatchObject(idOf("own"));
  });
});

describe("an account whose head names no generation", () => {
  it("is not asked for one, by an operator's sign-out, a sign-in or the purge", async () => {
    await fence(store, PARTITION, undefined);
    await signOutByOperator(store, PARTITION);
    await signIn();
    expect(operations().at(-1)).toMatch(/^replace a\|head,insert a\|c\./);
    await fence(store, accountPartition(homeOf("other")), undefined);
    store.time += DAY;
    await purge(store);
    const nameless = store.table.operations.filter((one) =>
      one.endsWith(`|${generationRow("" as Generation)}`),
    );
    expect(nameless).toEqual([]);
  });
});

/** Of its own sid, at any moment: atAnyMoment.test.ts. */
it("a sign-out in another browser while it runs has it open a generation of its own, without that one's tokens", async () => {
  const first = await signIn();
  store.table.before = () => signOutByUser(store, first);
  const cache = cacheOf({ other: tokenOf({ secret: "other" }) });
  const second = await signIn({ cache, sid: "sid 2" });
  expect(second.generation).not.toBe(first.generation);
  expect(await tokensOf(second)).toEqual(["other"]);
  expect(await readSession(store, first)).toBeUndefined();
});

it("a sign-in is found by its sid, whenever the purge takes that one's row away", async () => {
  for (let at = 0, isTaken = true; isTaken; at++) {
    renew(store);
    await signOutByUser(store, await signIn());
    let left = at;
    const slow = slowedTable(store.table, async (partitionKey) => {
      if (partitionKey.startsWith("s.") && left-- === 0)
        await store.table.remove(partitionKey, "sid");
    });
    await signIn({}, withTable(store, slow));
    isTaken = left < 0;
    await signOutByFrontChannel(store, SID);
    expect(tokenRows()).toEqual([]);
  }
});

it("a sign-in that could not announce itself looks for sign-outs all the same", async () => {
  await noteEarlySignOut(store, sidPartition(SID));
  const insert: Table["insert"] = async (entity) =>
    entity.partitionKey.startsWith("t.") ? "refused" : await store.table.insert(entity);
  await expect(signIn({}, withTable(store, { insert }))).rejects.toThrow(SignInOvertaken);
  expect(tokenRows()).toEqual([]);
});

it("a sign-in that is stored while a sign-out holds it up is found", async () => {
  const key = sidPartition(SID);
  await announce(store, key, PARTITION);
  store.table.before = () => signIn();
  expect(await readSidAgain(store, key)).toMatchObject({ partition: PARTITION });
});

describe("a lost answer to the request that stores the tokens", () => {
  const lostBefore = (then: () => Promise<unknown>) =>
    withTable(store, {
      async transact(writes) {
        await store.table.transact(writes);
        await then();
        return "unsure";
      },
    });

  it("does not matter when they are there", async () => {
    const ref = await signIn(
      {},
      lostBefore(async () => {}),
    );
    expect(await readSession(store, ref)).toBeDefined();
  });

  it("is a sign-out when they are there no more: storing them again would undo it", async () => {
    const signedOut = lostBefore(() => signOutByOperator(store, PARTITION));
    await expect(signIn({}, signedOut)).rejects.toThrow(SignInOvertaken);
    expect(tokenRows()).toEqual([]);
  });
});

it("twenty browsers at once all get a session", async () => {
  const all = Array.from({ length: 20 }, (_, i) => signIn({ sid: `sid ${i}` }));
  const refs = await Promise.all(all);
  const found = await Promise.all(refs.map((ref) => readSession(store, ref)));
  expect(found).not.toContain(undefined);
  expect(tokenRows()).toHaveLength(1);
});
