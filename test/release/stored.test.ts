import { beforeEach, describe, expect, it } from "@jest/globals";
import { authSession } from "../../src/functions/authSession.ts";
import { accountPartition, type HomeAccountId, sidPartition } from "../../src/shared/rows/keys.ts";
import { readRow } from "../../src/shared/rows/readRow.ts";
import { SESSION_COOKIE } from "../../src/shared/session/sessionCookie.ts";
import { readEarlyTombstones } from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { readSid, tombstonesOf } from "../../src/shared/store/sidIndex.ts";
import { refOf, type TestApp, testApp } from "../support/app.ts";
import { request } from "../support/request.ts";
import { storedByReleases } from "./releases.ts";
import { read, type SessionStored, type StoredBy, storedNow, write } from "./stored.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const now = { ...(await storedNow()), version: "this one" };

it("what is stored is the same again when it has been written and read", () => {
  expect(write(read(write(now)))).toBe(write(now));
  expect(read(write(now)).rows).toEqual(now.rows.map(plain));
});

describe.each([...storedByReleases(), read(write(now))])(
  "what release $version stored",
  (stored) => {
    let one: TestApp;
    let time: number;
    beforeEach(restore);

    function restore(): void {
      time = stored.at + MINUTE;
      one = testApp(stored.env, { now: () => time });
      for (const row of stored.rows) one.table.rows.set(`${row.partitionKey}|${row.rowKey}`, row);
    }

    const isSignedIn = async ({ cookie, others }: Pick<SessionStored, "cookie" | "others">) => {
      const cookies = { [SESSION_COOKIE]: cookie, ...others };
      const { body } = await authSession(one.app).handler(request("/", { cookies }), {});
      return JSON.parse(String(body)).account?.username;
    };
    const signedIn = () => Promise.all(stored.sessions.map(isSignedIn));
    const tokensOf = (session: SessionStored) => {
      const partition = accountPartition(session.homeAccountId as HomeAccountId);
      return [...one.table.rows.keys()].filter((key) => key.startsWith(`${partition}|c.`));
    };

    it("is of kinds that are known", () => {
      const kinds = stored.rows.map((row) => readRow(row)?.kind);
      expect([...new Set(kinds)].sort()).toEqual([
        "account",
        "early",
        "expiry",
        "head",
        "index",
        "used",
      ]);
    });

    it("leaves everybody signed in", async () => {
      expect(await signedIn()).toEqual(stored.sessions.map(({ username }) => username));
    });

    it("counts with the cookies that go along, and else not", async () => {
      const [used, plain, bound] = stored.sessions as [SessionStored, SessionStored, SessionStored];
      time = stored.at + 4 * MINUTE;
      expect(await isSignedIn(bound)).toBe(bound.username);
      expect(await isSignedIn({ ...bound, others: {} })).toBeUndefined();
      time = stored.at + 35 * MINUTE;
      expect(await isSignedIn(used)).toBe(used.username);
      for (const idle of [plain, { ...used, others: {} }]) {
        expect(await isSignedIn(idle)).toBeUndefined();
      }
    });

    it.each<[string, (session: SessionStored) => Promise<void>]>([
      ["the cookie", ({ cookie }) => one.app.signOuts.byUser(refOf(one, cookie))],
      ["the front channel", ({ sid }) => one.app.signOuts.byFrontChannel(sid)],
      ["the back channel", ({ sid }) => one.app.signOuts.byBackChannel(tokenOf(sid, time))],
      [
        "an operator",
        ({ homeAccountId }) =>
          one.app.signOuts.byOperator(accountPartition(homeAccountId as HomeAccountId)),
      ],
    ])("is signed out by %s, each account and no other", async (_, signOut) => {
      for (const session of stored.sessions) {
        const others = stored.sessions.filter(
          ({ homeAccountId }) => homeAccountId !== session.homeAccountId,
        );
        restore();
        expect(tokensOf(session)).toHaveLength(1);
        await signOut(session);
        expect(await isSignedIn(session)).toBeUndefined();
        expect(tokensOf(session)).toEqual([]);
        expect(await Promise.all(others.map(isSignedIn))).toEqual(
          others.map(({ username }) => username),
        );
      }
    });

    it("stops the sign-ins that its sign-outs stopped", async () => {
      const entry = await readSid(one.app.store, sidPartition(stored.signedOut));
      expect(entry && tombstonesOf(entry)).toHaveLength(1);
      const early = sidPartition(stored.signedOutEarly);
      expect(await readEarlyTombstones(one.app.store, early)).toHaveLength(1);
    });

    it("is gone in the end", async () => {
      for (let day = 0; day < 5; day++) {
        time += DAY;
        await purge(one.app.store);
      }
      expect([...one.table.rows.keys()]).toEqual([]);
    });
  },
);

function tokenOf(sid: SessionStored["sid"], issuedAt: number) {
  return { id: sid, sid, sub: undefined, issuedAt, expiresAt: issuedAt + MINUTE };
}

function plain(row: StoredBy["rows"][number]) {
  const bytes = (value: unknown) => (value instanceof Uint8Array ? new Uint8Array(value) : value);
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, bytes(value)]));
}
