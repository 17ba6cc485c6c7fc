import type { Sid } from "../rows/keys.ts";

/** A `sid` is written as an OAuth client id is: printable ASCII, blanks too (OpenID Connect Back-Channel Logout 1.0 §2.1, RFC 6749 appendix A.1). */
const USABLE = /^[\x20-\x7e]{1,512}$/;

/**
 * Whether a sign-out can name this `sid`. Sign-in and sign-out both ask here. A `sid` is compared to the letter.
 */
export function isUsableSid(value: unknown): value is Sid {
  return typeof value === "string" && USABLE.test(value);
}
