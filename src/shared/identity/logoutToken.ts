import { errors, type JWTPayload } from "jose";
import type { Tell } from "../base/details.ts";
import { BadRequest } from "../base/errors.ts";
import type { Sid } from "../rows/keys.ts";
import type { ProviderKeys } from "./keySet.ts";
import type { ProviderMetadata } from "./metadata.ts";
import { isOwnIssuer, mayIssue } from "./ownIssuer.ts";
import { isUsableSid } from "./sid.ts";

/** A valid `logout_token`: whom to sign out. It has a `sid`, a `sub`, or both. */
export interface LogoutToken {
  readonly sid: Sid | undefined;
  readonly sub: string | undefined;
  /** Issuer and `jti`, by which a token counts once. */
  readonly id: string;
  /** `iat`, by the provider's clock. Milliseconds since 1970. */
  readonly issuedAt: number;
  /** From then on the token is too old. Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface LogoutTokenValidator {
  /** OpenID Connect Back-Channel Logout 1.0 §2.6. @throws {BadRequest} @throws {ProviderUnavailable} */
  validate(token: string): Promise<LogoutToken>;
}

interface Expected {
  readonly clientId: string;
  readonly allowedTenants: ReadonlySet<string> | undefined;
  readonly metadata: () => Promise<ProviderMetadata>;
}

const EVENT = "http://schemas.openid.net/event/backchannel-logout";
const TYPES = new Set([undefined, "jwt", "logout+jwt", "application/logout+jwt"]);
/** A logout token older than this is refused, whatever its `exp` says. Seconds. */
const MAX_AGE_SECONDS = 600;
const DAY_MS = 86_400_000;

export function createLogoutTokenValidator(
  expected: Expected,
  keys: ProviderKeys,
): LogoutTokenValidator {
  return {
    async validate(token) {
      const metadata = await expected.metadata();
      const { payload, protectedHeader, keyIssuer } = await keys
        .verify(token, {
          audience: expected.clientId,
          maxTokenAge: MAX_AGE_SECONDS,
          requiredClaims: ["iss", "aud", "iat", "exp", "jti", "events"],
        })
        .catch(invalid);
      if (!TYPES.has(protectedHeader.typ?.toLowerCase())) throw new BadRequest(INVALID);
      if (!isLogoutEvent(payload) || payload.nonce !== undefined) throw new BadRequest(INVALID);
      const { iss = "", sub, jti, iat } = payload;
      if (!isOwnIssuer(iss, metadata, expected.allowedTenants)) throw new BadRequest(INVALID);
      if (!mayIssue(keyIssuer, iss)) throw new BadRequest(INVALID);
      const sid: unknown = payload.sid;
      if (!isText(jti) || !isAbsentOr(isUsableSid, sid) || !isAbsentOr(isText, sub)) {
        throw new BadRequest(INVALID);
      }
      if (sid === undefined && sub === undefined) throw new BadRequest(INVALID);
      const issuedAt = (iat as number) * 1_000;
      return { sid, sub, id: `jti ${iss} ${jti}`, issuedAt, expiresAt: issuedAt + DAY_MS };
    },
  };
}

const INVALID: Tell = (say) => say.invalidLogoutToken;

function isLogoutEvent({ events }: JWTPayload): boolean {
  if (typeof events !== "object" || events === null) return false;
  const event: unknown = Object.entries(events).find(([name]) => name === EVENT)?.[1];
  return typeof event === "object" && event !== null && !Array.isArray(event);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isAbsentOr<T extends string>(
  is: (value: unknown) => value is T,
  value: unknown,
): value is T | undefined {
  return value === undefined || is(value);
}

function invalid(cause: unknown): never {
  if (!(cause instanceof errors.JOSEError)) throw cause;
  throw new BadRequest(INVALID, { cause });
}
