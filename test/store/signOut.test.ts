import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { sessionKey, sidPartition, subjectPartition } from "../../src/shared/rows/keys.ts";
import type { IndexRow } from "../../src/shared/rows/rows.ts";
import { noteSignedOut, readSid } from "../../src/shared/store/sidIndex.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
  signOutOfSession,
} from "../../src/shared/store/signOut.ts";
import type { Stored } from "../../src/shared/table/table.ts";
import {
  HOUR,
  SID,
  signIn as signInTo,
  signOutByToken,
  storeOfEach,
  tokenRowsOf,
} from "./samples.ts";

/** The clock stands still. */
const ms = 0;

const store = storeOfEach();
/** Of the request that takes tokens away. */
let isAnswerLost: boolean;
beforeEach(() => {
  const { remove } = store.table;
  // Who does not wait for it is found out.
  store.table.remove = async (...row) => {
    await setImmediate();
    const removed = await remove(...row);
    return isAnswerLost ? undefined : removed;
  };
  isAnswerLost = false;
});

const signIn = (sid: string = SID) =>
  signInTo(store, { sid, subject: "a subject", expiresAt: store.time + 8 * HOUR });
const byToken = (who: Parameters<typeof signOutByToken>[1], issuedAt?: number) =>
  signOutByToken(store, who, issuedAt);
const tokens = () => tokenRowsOf(store);

describe("a sign-out by the front channel tells, each time it has looked, whether the sid is known", () => {
  it.each<[string, () => Promise<unknown>, boolean[]]>([
    ["a known one", () => signIn(), [true]],
    ["an unknown one", async () => {}, [false, false]],
    [
      "one of a sign-in at that moment",
      async () => {
        store.table.before = () => signIn();
      },
      [false, true],
    ],
  ])("%s", async (_, prepare, expected) => {
    await prepare();
    const told: boolean[] = [];
    await signOutByFrontChannel(store, SID, (isKnown) => told.push(isKnown));
    expect(told).toEqual(expected);
  });
});

describe("the log says whether tokens were there", () => {
  const sid = sidPartition(SID);
  const subject = subjectPartition("a subject");
  const cases: [string, () => Promise<unknown>, string, object][] = [
    ["front channel", () => signOutByFrontChannel(store, SID), "signout.elsewhere", { sid }],
    ["back channel, by sid", () => byToken({ sid: SID }), "signout.elsewhere", { sid }],
    ["back channel, by sub", () => byToken({ sub: "a subject" }), "signout.subject", { subject }],
  ];

  it.each(cases)("%s", async (_, signOut, event, who) => {
    const { partition: account } = await signIn();
    await signOut();
    expect(tokens()).toEqual([]);
    await signOut();
    expect(store.lines).toEqual([
      ["info", event, { ...who, account, found: true, ms }],
      ["info", event, { ...who, account, found: false, ms }],
    ]);
  });

  it.each(cases)("%s, where nobody can tell", async (_, signOut, event, who) => {
    const { partition: account } = await signIn();
    isAnswerLost = true;
    await signOut();
    expect(store.lines).toEqual([["info", event, { ...who, account, found: "unsure", ms }]]);
  });

  it.each(cases.slice(0, 2))("%s, of nobody", async (_, signOut, event, who) => {
    await signOut();
    expect(store.lines).toEqual([["info", event, { ...who, found: false, ms }]]);
  });

  it("and that they were stays true while it has to look again", async () => {
    const { partition: account } = await signIn();
    // The first change takes the tokens away, the second leaves the tombstone.
    store.table.before = async () => {
      store.table.before = async () => {
        const row = await readSid(store, sid);
        if (row) await noteSignedOut(store, row);
      };
    };
    await signOutByFrontChannel(store, SID);
    expect(store.lines).toEqual([["info", "signout.elsewhere", { sid, account, found: true, ms }]]);
  });

  it("here, and of one session", async () => {
    const ref = await signIn();
    const { partition: account } = ref;
    await signOutOfSession(store, ref, "of none");
    await signOutOfSession(store, ref, sessionKey(ref.sessionId));
    await signOutByUser(store, ref);
    expect(store.lines).toEqual([
      ["info", "session.ended", { account, found: false, ms }],
      ["info", "session.ended", { account, found: true, ms }],
      ["info", "signout.here", { account, found: false, ms }],
    ]);
  });

  it("by an operator", async () => {
    const { partition } = await signIn();
    expect(await signOutByOperator(store, partition)).toBe(true);
    expect(await signOutByOperator(store, partition)).toBe(false);
    expect(store.lines).toEqual([
      ["info", "signout.operator", { account: partition, found: true, ms }],
      ["info", "signout.operator", { account: partition, found: false, ms }],
    ]);
  });
});

it("a logout token is refused the second time, with a word, and changes nothing", async () => {
  await signIn();
  await byToken({ id: "token", sid: SID });
  const rows = new Map(store.table.rows);
  await expect(byToken({ id: "token", sid: SID })).rejects.toThrow(/\w+ \w+/);
  expect(store.table.rows).toEqual(rows);
});

it("a logout token whose subject nobody has signed in with is refused, with a word", async () => {
  await expect(byToken({ sub: "a stranger" })).rejects.toThrow(/\w+ \w+/);
});

describe.each<[string, () => Promise<void>]>([
  ["front channel", () => signOutByFrontChannel(store, SID)],
  ["back channel", () => byToken({ sid: SID })],
])("a sign-out by the %s whose own session is over", (_, signOut) => {
  it("takes tokens away that nobody can use", async () => {
    await signIn();
    store.time += 9 * HOUR;
    await signOut();
    expect(tokens()).toEqual([]);
    expect(store.lines).toMatchObject([["info", "signout.elsewhere", { found: true }]]);
  });

  it("leaves the sessions alone that are not", async () => {
    await signIn();
    store.time += 7 * HOUR;
    await signIn("another sid");
    store.time += 2 * HOUR;
    await signOut();
    expect(tokens()).toHaveLength(1);
  });
});

describe("a logout token", () => {
  const key = sidPartition(SID);

  /** As the release before wrote it. */
  async function unsign(changes: object = {}) {
    const { keyId: _, mac: __, ...row } = (await readSid(store, key)) as Stored<IndexRow>;
    store.table.rows.set(`${key}|sid`, { ...row, ...changes });
  }

  it("leaves its tombstone also where another sign-out was faster", async () => {
    await signIn();
    store.table.before = async () => {
      const row = await readSid(store, key);
      if (row) await noteSignedOut(store, row);
    };
    await byToken({ sid: SID });
    expect(await readSid(store, key)).toMatchObject({ tokenTombstone: expect.stringMatching(/./) });
    expect(tokens()).toEqual([]);
  });

  it("leaves the sessions alone that came after it, as the release before indexed them, too", async () => {
    await signIn();
    await unsign();
    await byToken({ sid: SID }, store.time - HOUR);
    expect(tokens()).toHaveLength(1);
  });
  it("ends what is said to be signed out by nobody knows whom", async () => {
    await signIn();
    await unsign({ signedOut: true });
    await byToken({ sid: SID }, store.time - HOUR);
    expect(tokens()).toEqual([]);
  });
});
