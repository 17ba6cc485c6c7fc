import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWK,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { ProviderUnavailable } from "../errors.ts";
import type { Send } from "../http/send.ts";
import type { ProviderMetadata } from "./metadata.ts";

/** Verifies what the provider signed. */
export interface ProviderKeys {
  /**
   * @returns what `jwtVerify` does, and the issuer that the signing key is marked with, as in the shared key
   * sets of Entra ID.
   * @throws {errors.JOSEError} The token is not good.
   * @throws {ProviderUnavailable} The keys cannot be had.
   */
  verify(token: string, options: JWTVerifyOptions): Promise<Verified>;
}

type Verified = Awaited<ReturnType<typeof jwtVerify>> & { readonly keyIssuer: unknown };

/** Milliseconds. jose has the same, but stops no request. */
const TIMEOUT = 5_000;
/** Entra ID asks clients to look for new keys once a day. Milliseconds. */
const LIFETIME = 24 * 3_600_000;
/** Only signatures of the provider's key pair: with "none" or an HMAC, anybody could sign. */
const ALGORITHMS = ["RS256"];
/** Clocks may differ by this many seconds. */
export const CLOCK_TOLERANCE = 120;

/**
 * The keys are fetched when the first token comes, and again, at most twice a minute, when none of them has
 * signed a token: providers rotate their keys, and need not name them. Where from is the metadata's word
 * alone, never the token's.
 */
export function createProviderKeys(
  metadata: () => Promise<ProviderMetadata>,
  send: Send,
  now: () => number,
): ProviderKeys {
  let keys: { uri: string; set: ReturnType<typeof createRemoteJWKSet> } | undefined;

  async function fetchKeys(url: string): Promise<Response> {
    const headers = { accept: "application/json" };
    const { status, body } = await send(url, { headers, timeout: TIMEOUT });
    return new Response(new Uint8Array(body), { status });
  }

  async function keySet() {
    const { jwks_uri } = await metadata();
    if (keys?.uri !== jwks_uri) {
      const options = { cacheMaxAge: LIFETIME, [customFetch]: fetchKeys };
      keys = { uri: jwks_uri, set: createRemoteJWKSet(new URL(jwks_uri), options) };
    }
    return keys.set;
  }

  return {
    async verify(token, options) {
      const set = await keySet();
      const load = () =>
        set.reload().catch((cause: unknown) => {
          throw new ProviderUnavailable(undefined, { cause });
        });
      const check = () =>
        verifyWithAny(token, set.jwks(), {
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE,
          currentDate: new Date(now()),
          ...options,
        });

      if (!set.fresh) await load();
      try {
        return await check();
      } catch (cause) {
        if (!isOfAnotherKey(cause) || set.coolingDown) throw cause;
        await load();
        return await check();
      }
    },
  };
}

/** Tries every key that suits, one by one: tokens and keys need not have a `kid`, and two keys may have the same one. */
async function verifyWithAny(
  token: string,
  { keys }: JSONWebKeySet = { keys: [] },
  options: JWTVerifyOptions,
): Promise<Verified> {
  let refusal: unknown = new errors.JWKSNoMatchingKey();
  for (const key of keys) {
    try {
      const verified = await jwtVerify(token, only(key), options);
      return { ...verified, keyIssuer: "issuer" in key ? key.issuer : undefined };
    } catch (cause) {
      // What jose has no word for is the key's fault: too short a modulus, for one.
      if (!(cause instanceof errors.JOSEError)) continue;
      if (!isOfAnotherKey(cause)) throw cause;
      if (cause instanceof errors.JWSSignatureVerificationFailed) refusal = cause;
    }
  }
  throw refusal;
}

/** A key that cannot be used is as good as absent (RFC 7517 §5). */
function only(key: JWK): JWTVerifyGetKey {
  return async (...token) => {
    try {
      return await createLocalJWKSet({ keys: [key] })(...token);
    } catch (cause) {
      throw new errors.JWKSNoMatchingKey(undefined, { cause });
    }
  };
}

function isOfAnotherKey(cause: unknown): boolean {
  return (
    cause instanceof errors.JWKSNoMatchingKey ||
    cause instanceof errors.JWSSignatureVerificationFailed
  );
}
