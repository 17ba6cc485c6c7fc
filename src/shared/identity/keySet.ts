import type { JSONWebKeySet, JWTVerifyOptions } from "jose";
import { ProviderUnavailable } from "../base/errors.ts";
import { getJson } from "../net/getJson.ts";
import type { Send } from "../net/send.ts";
import type { ProviderMetadata } from "./metadata.ts";
import { isOfAnotherKey, type Verified, verifyWithAny } from "./signature.ts";

/** Verifies what the provider signed. */
export interface ProviderKeys {
  /**
   * @returns what `jwtVerify` does, and the `issuer` of the signing key, which the shared key sets of Entra ID have.
   * @throws {JOSEError} The token is not valid.
   * @throws {ProviderUnavailable} The keys cannot be fetched.
   */
  verify(token: string, options: JWTVerifyOptions): Promise<Verified>;
}

/** Milliseconds. */
const TIMEOUT_MS = 5_000;
/** Milliseconds between two requests for keys: with some at hand, and without. */
const REST_MS = 30_000;
const REST_WITHOUT_KEYS_MS = 5_000;
const NO_KEYS = "The provider's answer is not a key set. Try again in a moment.";
/** Entra ID asks clients to look for new keys once a day. Milliseconds. */
const LIFETIME_MS = 24 * 3_600_000;
/** Clocks may differ by this many seconds. */
export const CLOCK_TOLERANCE_SECONDS = 120;

/**
 * Fetches the keys for the first token, once a day, and when a token fits none of them, at most twice a minute: providers
 * rotate their keys. While a fetch fails, the keys at hand still serve. Their address comes from the metadata, never from
 * a token.
 *
 * @param now Milliseconds since 1970.
 * @param elapsed Milliseconds, by a monotonic clock.
 */
export function createProviderKeys(
  metadata: () => Promise<ProviderMetadata>,
  send: Send,
  now: () => number,
  elapsed: () => number,
): ProviderKeys {
  let current: KeySet | undefined;

  async function keySet(): Promise<KeySet> {
    const { jwks_uri: url } = await metadata();
    if (current?.url !== url) current = { url, triedAt: Number.NEGATIVE_INFINITY };
    return current;
  }

  async function load(set: KeySet): Promise<void> {
    set.triedAt = elapsed();
    try {
      const keys = await getJson(send, set.url, TIMEOUT_MS);
      if (!isKeySet(keys)) throw new ProviderUnavailable(NO_KEYS, { url: set.url });
      Object.assign(set, { keys, fetchedAt: elapsed(), fault: undefined });
    } catch (fault) {
      set.fault = fault;
    } finally {
      set.loading = undefined;
    }
  }

  /** One fetch at a time, and none within `rest` after the last. */
  async function reload(set: KeySet, rest: number): Promise<void> {
    if (set.loading === undefined && elapsed() - set.triedAt >= rest) set.loading = load(set);
    await set.loading;
  }

  return {
    async verify(token, options) {
      const set = await keySet();
      const check = () =>
        verifyWithAny(token, set.keys, {
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
          currentDate: new Date(now()),
          ...options,
        });

      if (set.keys === undefined) await reload(set, REST_WITHOUT_KEYS_MS);
      else if (elapsed() - (set.fetchedAt ?? 0) >= LIFETIME_MS) await reload(set, REST_MS);
      if (set.keys === undefined) throw set.fault;
      try {
        return await check();
      } catch (cause) {
        if (!isOfAnotherKey(cause)) throw cause;
      }
      await reload(set, REST_MS);
      try {
        return await check();
      } catch (cause) {
        // The fetch failed, and its key may be a new one.
        throw isOfAnotherKey(cause) ? (set.fault ?? cause) : cause;
      }
    },
  };
}

interface KeySet {
  readonly url: string;
  keys?: JSONWebKeySet;
  /** By the monotonic clock, as `triedAt`. */
  fetchedAt?: number;
  triedAt: number;
  /** Of the last fetch. */
  fault?: unknown;
  loading?: Promise<void> | undefined;
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  const { keys } = (value ?? {}) as { keys?: unknown };
  return Array.isArray(keys) && keys.every((key) => typeof key === "object" && key !== null);
}
