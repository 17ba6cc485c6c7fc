import { EmbeddedJWK, importJWK, type JWTVerifyOptions, jwtVerify } from "jose";
import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { DeviceKey } from "../store/account.ts";

/** What a challenge is for. One for a refresh registers nothing. */
export type Purpose = "register" | "refresh";

/** How old the challenge of a proof may be. Milliseconds. */
const CHALLENGE_MS = 60_000;
const ES256: JWTVerifyOptions = { algorithms: ["ES256"] };

/**
 * Says nothing to whoever has it: a challenge is good for one session and one purpose, for a minute.
 * @param session By {@link sessionKey}. @param now Milliseconds since 1970.
 */
export function challengeFor(keyring: Keyring, purpose: Purpose, session: string, now: number) {
  return sealText(keyring, `device/${purpose}`, Buffer.from(String(now)), session);
}

/** @returns when the challenge was made; undefined for one that is too old, of another session, or not ours. */
function readChallenge(
  keyring: Keyring,
  purpose: Purpose,
  session: string,
  challenge: unknown,
  now: number,
): number | undefined {
  if (typeof challenge !== "string") return undefined;
  const content = unsealText(keyring, `device/${purpose}`, challenge, session);
  const madeAt = content && Number(content.toString());
  return madeAt !== undefined && now - madeAt <= CHALLENGE_MS ? madeAt : undefined;
}

/** A proof that holds. */
export interface Proof {
  readonly key: DeviceKey;
  /** When its challenge was made. Milliseconds since 1970. */
  readonly challengedAt: number;
}

/**
 * @param key The session's. Without it, the proof brings its own.
 * @returns undefined when it proves nothing.
 */
export async function verifyProof(
  keyring: Keyring,
  purpose: Purpose,
  session: string,
  proof: string,
  now: number,
  key?: DeviceKey,
): Promise<Proof | undefined> {
  try {
    const { payload, protectedHeader } = key
      ? await jwtVerify(proof, await importJWK(jwkOf(key), "ES256"), ES256)
      : await jwtVerify(proof, EmbeddedJWK, ES256);
    const challengedAt = readChallenge(keyring, purpose, session, payload.jti, now);
    const { x, y } = key ?? protectedHeader.jwk ?? {};
    if (challengedAt === undefined || !isCoordinate(x) || !isCoordinate(y)) return undefined;
    return { key: { x, y }, challengedAt };
  } catch {
    return undefined;
  }
}

/** In exactly one form, and no longer: it is kept. */
function isCoordinate(text: string | undefined): text is string {
  return text !== undefined && /^[\w-]{43}$/.test(text);
}

function jwkOf({ x, y }: DeviceKey) {
  return { kty: "EC", crv: "P-256", x, y };
}
