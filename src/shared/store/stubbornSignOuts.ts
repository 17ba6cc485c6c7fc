import { BadRequest } from "../base/errors.ts";
import type { LogoutToken } from "../identity/logoutToken.ts";
import { type PartitionKey, type Sid, sidPartition, subjectPartition } from "../rows/keys.ts";
import { signOutByBackChannel } from "./backChannel.ts";
import type { SessionRef } from "./segments.ts";
import {
  signOutByFrontChannel,
  signOutByOperator,
  signOutByUser,
  signOutOfSession,
} from "./signOut.ts";
import type { GenerationRef, Store } from "./store.ts";
import { stubborn } from "./stubborn.ts";

/**
 * Milliseconds. The app's host.json has to give an invocation two minutes or more (`functionTimeout`). The doctor and
 * `lightsout dev` name a shorter time.
 */
export const PATIENCE_MS = {
  /** Nobody calls again: the provider's page has gone on. */
  frontChannel: 100_000,
  /** The provider calls again. */
  backChannel: 20_000,
  /** A person waits, and has a button. */
  here: 10_000,
};

/** Strangers may call the front channel with any `sid` they make up. */
const FRONT_CHANNEL_LIMITS = { held: 300, loops: 1_000 };
const NO_LIMITS = { held: Number.POSITIVE_INFINITY, loops: Number.POSITIVE_INFINITY };

/** The sign-outs of signOut.ts and backChannel.ts, repeated while storage fails. Each @throws {StoreUnavailable}. */
export interface SignOuts {
  byUser(ref: GenerationRef): Promise<void>;
  byFrontChannel(sid: Sid): Promise<void>;
  /** @throws {BadRequest} The token has been used. */
  byBackChannel(token: LogoutToken): Promise<void>;
  byOperator(account: PartitionKey): Promise<void>;
  /** One of the account's sessions. */
  ofSession(by: SessionRef, key: string): Promise<void>;
  /** What is not done yet: the hashes of account, `sid` or subject, as the log has them. */
  unfinished(): string[];
}

export function createSignOuts(
  store: Store,
  sleep: (milliseconds: number) => Promise<void>,
  elapsed: () => number,
): SignOuts {
  const random = () => (store.randomBytes(1)[0] ?? 0) / 256;
  const environment = { now: elapsed, sleep, random, log: store.log };
  const frontChannel = stubborn(environment, FRONT_CHANNEL_LIMITS);
  const others = stubborn(environment, NO_LIMITS);

  return {
    byUser: (ref) =>
      others.insist({
        who: ref.partition,
        patience: PATIENCE_MS.here,
        tryOnce: () => signOutByUser(store, ref),
      }),

    byFrontChannel(sid) {
      const who = sidPartition(sid);
      return frontChannel.insist(
        {
          who,
          patience: PATIENCE_MS.frontChannel,
          tryOnce: (looked) => signOutByFrontChannel(store, sid, looked),
        },
        who,
      );
    },

    byBackChannel(token) {
      let isRepeated = false;
      return others.insist({
        who: token.sid !== undefined ? sidPartition(token.sid) : subjectPartition(token.sub ?? ""),
        patience: PATIENCE_MS.backChannel,
        async tryOnce() {
          try {
            await signOutByBackChannel(store, token);
          } catch (error) {
            // An earlier try has used it, and lost its answer: the sign-out has taken effect.
            if (isRepeated && error instanceof BadRequest) return;
            isRepeated = true;
            throw error;
          }
        },
      });
    },

    byOperator: (account) =>
      others.insist({
        who: account,
        patience: PATIENCE_MS.here,
        tryOnce: () => signOutByOperator(store, account),
      }),

    ofSession: (by, key) =>
      others.insist({
        who: by.partition,
        patience: PATIENCE_MS.here,
        tryOnce: () => signOutOfSession(store, by, key),
      }),

    unfinished: () => [...frontChannel.unfinished(), ...others.unfinished()],
  };
}
