import { IndexForged } from "../../src/shared/base/errors.ts";
import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import type { Sid } from "../../src/shared/rows/keys.ts";
import { signOutByBackChannel } from "../../src/shared/store/backChannel.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { signOutByFrontChannel } from "../../src/shared/store/signOut.ts";
import { retrying } from "../../src/shared/table/retrying.ts";
import { type Held, heldIn, type Violation } from "./invariants.ts";
import { modelRequests, type Rows } from "./model.ts";
import type { Op, OpOf } from "./ops.ts";
import { DAY, deterministicBytes, MIDDAY, storeOf } from "./scenario.ts";

/** Later than everything in the table: sessions last a day at most in here. */
export const LONG_AFTER = MIDDAY + 10 * DAY;

/** Newer than every sign-in. */
const TOKEN = {
  id: "the last logout token",
  sid: undefined,
  issuedAt: LONG_AFTER,
  expiresAt: LONG_AFTER,
};

/**
 * I3: if every process died at this moment and no request in flight ever landed, a sign-out for each `sid`
 * still finds its tokens, and the purge leaves nothing at all.
 */
export async function checkFrozen(
  rows: Rows,
  ops: readonly Op[],
  keyring: Keyring,
): Promise<Violation | undefined> {
  const held = heldIn(rows, keyring);
  for (const { sessions, ends } of held) {
    // One that is over leads to nothing that others use.
    const inUse = sessions.filter((_, at) => (ends[at] ?? 0) > MIDDAY);
    for (const id of inUse.length > 0 ? inUse : sessions) {
      const signIn = ops.find((op): op is OpOf<"signIn"> => op.do === "signIn" && op.id === id);
      for (const sid of signIn?.sids ?? []) {
        const left = await thaw(rows, keyring, MIDDAY, (store) =>
          signOutByFrontChannel(store, sid as Sid),
        );
        if (heldIn(left, keyring).some((row: Held) => row.sessions.includes(id))) {
          return { invariant: "I3", what: `A sign-out by sid does not find ${id}.` };
        }
      }
      const token = { ...TOKEN, sub: signIn?.subject };
      if (token.sub === undefined) continue;
      const left = await thaw(rows, keyring, MIDDAY, (store) => signOutByBackChannel(store, token));
      if (heldIn(left, keyring).some((row: Held) => row.sessions.includes(id))) {
        return { invariant: "I3", what: `A sign-out by subject does not find ${id}.` };
      }
    }
  }
  const left = await thaw(rows, keyring, LONG_AFTER, purge);
  if (left.size === 0) return undefined;
  const names = Array.from(
    left.values(),
    ({ partitionKey, rowKey }) => `${partitionKey}/${rowKey}`,
  );
  return { invariant: "I3", what: `The purge never finds ${names.join(" and ")}.` };
}

/** A sign-out that meets a forged row ends what it leads to, and is none. */
function unlessForged(error: unknown): void {
  if (!(error instanceof IndexForged)) throw error;
}

async function thaw(
  rows: Rows,
  keyring: Keyring,
  now: number,
  run: (store: ReturnType<typeof storeOf>) => Promise<unknown>,
): Promise<Rows> {
  const requests = modelRequests(100);
  requests.rows = rows;
  const table = retrying(requests, { delays: [], maxDelay: 0, sleep: async () => {} });
  await run(storeOf(table, keyring, () => now, deterministicBytes("frozen"))).catch(unlessForged);
  return requests.rows;
}
