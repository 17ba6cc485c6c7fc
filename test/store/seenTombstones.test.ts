import { expect, it } from "@jest/globals";
import { SignInOvertaken } from "../../src/shared/base/errors.ts";
import { type Sid, sidPartition, subjectPartition } from "../../src/shared/rows/keys.ts";
import { signOutByBackChannel } from "../../src/shared/store/backChannel.ts";
import { seenTombstones } from "../../src/shared/store/seenTombstones.ts";
import { storeSignIn } from "../../src/shared/store/signIn.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import { cacheOf, HOUR, sessionOf, storeOfEach, tokenRowsOf } from "./samples.ts";

const SID = "sid" as Sid;
const SUBJECT = "adele";
const KEYS = [sidPartition(SID), subjectPartition(SUBJECT)];
const store = storeOfEach();

const signIn = (seen: readonly string[] = []) =>
  storeSignIn(store, {
    session: sessionOf(),
    cache: cacheOf(),
    sids: [SID],
    subject: SUBJECT,
    start: { at: store.time, seen },
  });
const byToken = (who: { sid: Sid } | { sub: string }) => {
  const [issuedAt, expiresAt] = [store.time, store.time + HOUR];
  const token = { id: crypto.randomUUID(), sid: undefined, sub: undefined, issuedAt, expiresAt };
  return signOutByBackChannel(store, { ...token, ...who });
};

it.each<[string, () => Promise<unknown>]>([
  ["of a known sid", () => signIn().then(() => signOutByFrontChannel(store, SID))],
  ["of an unknown sid", () => signOutByFrontChannel(store, SID)],
  ["of a known sid, by a token", () => signIn().then(() => byToken({ sid: SID }))],
  ["of an unknown sid, by a token", () => byToken({ sid: SID })],
  ["of a subject, by a token", () => signIn().then(() => byToken({ sub: SUBJECT }))],
  [
    "in two ways",
    async () => {
      await signIn();
      await signOutByFrontChannel(store, SID);
      await byToken({ sub: SUBJECT });
    },
  ],
])("a sign-out %s stops who has not seen it, and nobody else", async (_, signOut) => {
  expect(await seenTombstones(store, KEYS)).toEqual([]);
  await signOut();
  const seen = await seenTombstones(store, KEYS);
  await expect(signIn()).rejects.toThrow(SignInOvertaken);
  await expect(signIn(seen.slice(1))).rejects.toThrow(SignInOvertaken);
  expect(tokenRowsOf(store)).toEqual([]);
  await signIn(seen);
  expect(tokenRowsOf(store)).toHaveLength(1);
});
