import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";

/**
 * Where a sign-in is going. It travels sealed in `state` (RFC 6749 §4.1.1), so that it is known also when the
 * browser has lost the sign-in's cookie. It is good for going on, and for nothing else: what proves that an
 * answer belongs to this browser is the secret in the cookie.
 */
export interface SignInState {
  /** Of the transaction, which its cookie's secret makes. */
  readonly id: string;
  /** A path of this app. */
  readonly returnTo: string;
  /** What was asked for beside that which every sign-in asks for. */
  readonly scopes: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** How long a `state` leads back to where its sign-in was going. Milliseconds. */
export const STATE_LIFETIME_MS = 7 * 24 * 3_600_000;

const PURPOSE = "state";
/** Longer than any `state` made here, and short enough to come back in a request line. Characters. */
const MAX_LENGTH = 6_000;

export function sealState(keyring: Keyring, state: SignInState): string {
  return sealText(keyring, PURPOSE, deflateRawSync(JSON.stringify(state)));
}

/** @returns undefined for anything that {@link sealState} did not make, or made too long ago. */
export function unsealState(keyring: Keyring, text: string, now: number): SignInState | undefined {
  const plaintext = text.length <= MAX_LENGTH ? unsealText(keyring, PURPOSE, text) : undefined;
  if (plaintext === undefined) return undefined;
  const state: SignInState = JSON.parse(inflateRawSync(plaintext).toString());
  return state.expiresAt > now ? state : undefined;
}
