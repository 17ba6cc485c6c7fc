import {
  createLocalJWKSet,
  errors,
  type JSONWebKeySet,
  type JWK,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";

export type Verified = Awaited<ReturnType<typeof jwtVerify>> & { readonly keyIssuer: unknown };

/** Only what the provider's private key signs. With "none" or an HMAC, anybody could sign. */
const ALGORITHMS = ["RS256"];

/** Tries each key that fits: tokens and keys need not have a `kid`, and two keys may have the same one. */
export async function verifyWithAny(
  token: string,
  { keys }: JSONWebKeySet = { keys: [] },
  options: JWTVerifyOptions,
): Promise<Verified> {
  let refusal: unknown = new errors.JWKSNoMatchingKey();
  for (const key of keys) {
    try {
      const verified = await jwtVerify(token, only(key), { algorithms: ALGORITHMS, ...options });
      return { ...verified, keyIssuer: "issuer" in key ? key.issuer : undefined };
    } catch (cause) {
      // Any other error comes from the key, such as too short a modulus.
      if (!(cause instanceof errors.JOSEError)) continue;
      if (!isOfAnotherKey(cause)) throw cause;
      if (cause instanceof errors.JWSSignatureVerificationFailed) refusal = cause;
    }
  }
  throw refusal;
}

/** A key that cannot be used counts as absent (RFC 7517 §5). */
function only(key: JWK): JWTVerifyGetKey {
  return async (...token) => {
    try {
      return await createLocalJWKSet({ keys: [key] })(...token);
    } catch (cause) {
      throw new errors.JWKSNoMatchingKey(undefined, { cause });
    }
  };
}

export function isOfAnotherKey(cause: unknown): boolean {
  return (
    cause instanceof errors.JWKSNoMatchingKey ||
    cause instanceof errors.JWSSignatureVerificationFailed
  );
}
