import { createHash } from "node:crypto";

/** The values that bind one authorization request to the browser that started it. */
export interface Transaction {
  /** Names the transaction in its `state` (RFC 6749 §10.12). */
  readonly id: string;
  /** OpenID Connect Core §3.1.2.1. */
  readonly nonce: string;
  /** RFC 7636 §4.1. */
  readonly codeVerifier: string;
  /** RFC 7636 §4.2, method S256. */
  readonly codeChallenge: string;
  /** The id of the session that it makes. */
  readonly sessionId: string;
  /** What the content of that session is sealed under, besides the app's keys. 256 bits, base64url. */
  readonly share: string;
}

/**
 * Derives them from one secret, so that the cookie carries only that.
 * @param secret 256 random bits.
 */
export function transactionOf(secret: string): Transaction {
  const codeVerifier = sha256(`verifier ${secret}`);
  return {
    id: sha256(`state ${secret}`),
    nonce: sha256(`nonce ${secret}`),
    codeVerifier,
    codeChallenge: sha256(codeVerifier),
    sessionId: sha256(`session ${secret}`).slice(0, 22),
    share: sha256(`share ${secret}`),
  };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
