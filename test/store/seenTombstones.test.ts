import { expect, it } from "@jest/globals";
import { SignInOvertaken } from "../../src/shared/base/errors.ts";
import { sidPartition, subjectPartition } from "../../src/shared/rows/keys.ts";
import { seenTombstones } from "../../src/shared/store/seenTombstones.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import { SID, signIn as signInTo, signOutByToken, storeOfEach, tokenRowsOf } from "./samples.ts";

const SUBJECT = "adele";
const KEYS = [sidPartition(SID), subjectPartition(SUBJECT)];
const store = storeOfEach();

const signIn = (seen: readonly string[] = []) =>
  signInTo(store, { subject: SUBJECT, start: { at: store.time, seen } });

it.each<[string, () => Promise<unknown>]>([
  ["of a known sid", () => signIn().then(() => signOutByFrontChannel(store, SID))],
  ["of an unknown sid", () => signOutByFrontChannel(store, SID)],
  ["of a known sid, by a token", () => signIn().then(() => signOutByToken(store, { sid: SID }))],
  ["of an unknown sid, by a token", () => signOutByToken(store, { sid: SID })],
  ["of a subject, by a token", () => signIn().then(() => signOutByToken(store, { sub: SUBJECT }))],
  [
    "in two ways",
    async () => {
      await signIn();
      await signOutByFrontChannel(store, SID);
      await signOutByToken(store, { sub: SUBJECT });
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
