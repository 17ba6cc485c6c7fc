import { createRemoteJWKSet, customFetch, errors, type JWTVerifyOptions, jwtVerify } from "jose";
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
const CLOCK_TOLERANCE = 120;

/**
 * The keys are fetched when the first token comes, and again, at most twice a minute, when a token names a
 * key that is not among them. Where from is the metadata's word alone, never the token's.
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
      try {
        const verified = await jwtVerify(token, set, {
          algorithms: ALGORITHMS,
          clockTolerance: CLOCK_TOLERANCE,
          currentDate: new Date(now()),
          ...options,
        });
        const key = set.jwks()?.keys.find(({ kid }) => kid === verified.protectedHeader.kid);
        return { ...verified, keyIssuer: (key as { issuer?: unknown } | undefined)?.issuer };
      } catch (cause) {
        if (isFetchFault(cause)) throw new ProviderUnavailable(undefined, { cause });
        throw cause;
      }
    },
  };
}

/** A plain JOSEError is jose's word for a key set that could not be fetched. */
function isFetchFault(cause: unknown): boolean {
  if (!(cause instanceof errors.JOSEError)) return true;
  const fault = cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid;
  return fault || cause.code === "ERR_JOSE_GENERIC";
}
