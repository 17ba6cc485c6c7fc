import { SealingKeyMissing } from "../base/errors.ts";
import { generationRow, sessionKey } from "../rows/keys.ts";
import { withHalfTheTokens, withoutExpiredTokens } from "../tokens/tokenCache.ts";
import type { KeptSession, Segment, SessionContent, UnsealedContent } from "./account.ts";
import { packContent, unpackContent } from "./contentPacking.ts";
import { missingKeyOf } from "./missingKey.ts";
import type { GenerationRef, Store } from "./store.ts";

/** Where a session is. */
export interface SessionRef extends GenerationRef {
  readonly sessionId: string;
}

/** The same as a browser holds it: with the share that its session's content is sealed under. */
export interface HeldSession extends SessionRef {
  /** 256 random bits, base64url. In the browser's cookie, and nowhere else. */
  readonly share: string;
}

const PURPOSE = "session";

/**
 * Leaves out what has expired, compresses, and seals for exactly this session. If it does not fit, the access tokens that
 * end first are left out, then the ID tokens, which nobody needs any more. That is logged.
 *
 * @param room Bytes.
 */
export function sealContent(
  { keyring, now, log }: Pick<Store, "keyring" | "now" | "log">,
  held: HeldSession,
  content: SessionContent,
  room: number,
): Segment {
  let cache = withoutExpiredTokens(content.cache, now());
  const before = Object.keys(cache.AccessToken).length;
  // Each round leaves out half of what is left, until nothing is.
  for (;;) {
    const packed = packContent({ ...content, cache });
    const { keyId, bytes } = keyring.seal(packed, PURPOSE, placeOf(held), shareOf(held));
    const tokens = Object.keys(cache.AccessToken).length;
    const spare = tokens + Object.keys(cache.IdToken).length;
    if (bytes.length <= room || spare === 0) {
      const dropped = before - tokens;
      if (dropped > 0) log("warn", "cache.cut", { account: held.partition, dropped });
      return { keyId, fingerprint: keyring.fingerprints.get(keyId) ?? "", bytes };
    }
    cache = tokens > 0 ? withHalfTheTokens(cache) : { ...cache, IdToken: {} };
  }
}

/**
 * @returns undefined, and a line in the log, for what {@link sealContent} did not make for this session and share.
 * @throws {SealingKeyMissing} Nobody can tell here what it is.
 */
export function unsealContent(
  { keyring, log }: Pick<Store, "keyring" | "log">,
  held: HeldSession,
  { segment }: KeptSession,
): UnsealedContent | undefined {
  const packed = keyring.unseal(segment, PURPOSE, placeOf(held), shareOf(held));
  if (packed !== undefined) return unpackContent(packed);
  const key = missingKeyOf(keyring, segment);
  if (key !== undefined) throw new SealingKeyMissing(key);
  log("warn", "cache.unreadable", { account: held.partition });
  return undefined;
}

/** What a segment is bound to: it unseals for this session and for no other. */
function placeOf({ partition, generation, sessionId }: SessionRef): string {
  return `${partition}/${generationRow(generation)}/${sessionKey(sessionId)}`;
}

/** A cookie of a release before has no share, and unseals nothing. */
function shareOf({ share }: Partial<HeldSession>): Uint8Array {
  return Buffer.from(share ?? "", "base64url");
}
