import { BadRequest } from "../base/errors.ts";
import type { LogoutToken } from "../identity/logoutToken.ts";
import {
  accountPartition,
  type HomeAccountId,
  type Sid,
  sidPartition,
  subjectPartition,
} from "../rows/keys.ts";
import { signOutAccount, signOutByToken, signOutElsewhere, signOutHere } from "./signOut.ts";
import type { GenerationRef, Store } from "./store.ts";
import { stubborn } from "./stubborn.ts";

/** Milliseconds. host.json gives an invocation two minutes (`functionTimeout`). */
export const PATIENCE = {
  /** Nobody calls again: the provider's page has gone on. */
  frontChannel: 100_000,
  /** The provider calls again. */
  backChannel: 20_000,
  /** A person waits, and has a button. */
  here: 10_000,
};

/** Strangers may call the front channel with any `sid` they make up. */
const FRONT_CHANNEL_LIMITS = { held: 300, open: 1_000 };
const NO_LIMITS = { held: Number.POSITIVE_INFINITY, open: Number.POSITIVE_INFINITY };

/** The sign-outs of signOut.ts, carried through faults of storage. Each @throws {StoreUnavailable} when they last. */
export interface SignOuts {
  here(ref: GenerationRef): Promise<void>;
  elsewhere(sid: Sid): Promise<void>;
  /** @throws {BadRequest} The token has been used. */
  byToken(token: LogoutToken): Promise<void>;
  account(homeAccountId: HomeAccountId): Promise<void>;
  /** What has not been done yet, by the hash of account, `sid` or subject that the log has. */
  open(): string[];
}

export function createSignOuts(
  store: Store,
  sleep: (milliseconds: number) => Promise<void>,
  elapsed: () => number,
): SignOuts {
  const random = () => (store.randomBytes(1)[0] ?? 0) / 256;
  const world = { now: elapsed, sleep, random, log: store.log };
  const frontChannel = stubborn(world, FRONT_CHANNEL_LIMITS);
  const others = stubborn(world, NO_LIMITS);

  return {
    here: (ref) =>
      others.insist({
        who: ref.partition,
        patience: PATIENCE.here,
        pass: () => signOutHere(store, ref),
      }),

    elsewhere(sid) {
      const who = sidPartition(sid);
      return frontChannel.insist(
        {
          who,
          patience: PATIENCE.frontChannel,
          pass: (looked) => signOutElsewhere(store, sid, looked),
        },
        who,
      );
    },

    byToken(token) {
      let isRepeated = false;
      return others.insist({
        who: token.sid !== undefined ? sidPartition(token.sid) : subjectPartition(token.sub ?? ""),
        patience: PATIENCE.backChannel,
        async pass() {
          try {
            await signOutByToken(store, token);
          } catch (error) {
            // Used by the pass before, whose last answer was lost: it has taken effect.
            if (isRepeated && error instanceof BadRequest) return;
            isRepeated = true;
            throw error;
          }
        },
      });
    },

    account: (homeAccountId) =>
      others.insist({
        who: accountPartition(homeAccountId),
        patience: PATIENCE.here,
        pass: () => signOutAccount(store, homeAccountId),
      }),

    open: () => [...frontChannel.open(), ...others.open()],
  };
}
