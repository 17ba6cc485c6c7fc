import type { JWTPayload } from "jose";
import { SignInRejected } from "../base/errors.ts";
import { isGuid } from "../base/guid.ts";
import type { Sid } from "../rows/keys.ts";
import { isUsableSid } from "./sid.ts";

/** The claims that identify a user to this app. An ID token of a refresh has to repeat them. */
export interface Identity {
  readonly iss: string;
  readonly sub: string;
  /** The user's object id in the tenant that was signed in to. */
  readonly oid: string;
}

/** The claims of a validated ID token that are used (Microsoft identity platform, ID token claims reference). */
export interface IdTokenClaims extends Identity {
  /** The tenant the user signed in to. */
  readonly tid: string;
  /** Seconds since 1970, by the provider's clock. */
  readonly iat: number;
  readonly name: string;
  readonly preferred_username: string;
  /** Optional claim: the session at the provider, which the front channel names at sign-out. */
  readonly sid: Sid | undefined;
  /** When the user last authenticated. Seconds since 1970. */
  readonly auth_time: number | undefined;
  /** Optional claim: the authentication contexts of Conditional Access that the sign-in satisfies. */
  readonly acrs: readonly string[];
  /** Optional claim: makes the provider's sign-out page skip the account picker. */
  readonly login_hint: string | undefined;
  /** The app roles that the user has, which say what somebody may do here. */
  readonly roles: readonly string[];
  /** When the session at the provider ends at the latest (IPSIE). Seconds since 1970. */
  readonly session_expiry: number | undefined;
  /** Whether the user is in more groups than a token holds, so that it names none. */
  readonly groupsOverage: boolean;
  /** The claims that the app asks for, as far as the token has them. */
  readonly handedOn: Readonly<Record<string, unknown>>;
}

/** @param wanted The names of the claims that are handed on to the app. @throws {SignInRejected} */
export function claimsOf(
  payload: JWTPayload,
  tid: string,
  wanted: readonly string[],
): IdTokenClaims {
  const { iss } = payload;
  const sub = text(payload.sub);
  if (iss === undefined || sub === undefined) throw new SignInRejected("id_token_claims");
  return {
    iss,
    tid,
    oid: guid(payload.oid),
    sub,
    iat: payload.iat as number,
    name: text(payload.name) ?? "",
    preferred_username: text(payload.preferred_username) ?? "",
    sid: sidOf(payload.sid),
    auth_time: number(payload.auth_time),
    acrs: textsIn(payload.acrs),
    login_hint: text(payload.login_hint),
    roles: textsIn(payload.roles),
    session_expiry: number(payload.session_expiry),
    groupsOverage: payload.hasgroups !== undefined || Object.hasOwn(claimNames(payload), "groups"),
    handedOn: Object.fromEntries(
      wanted.filter((name) => Object.hasOwn(payload, name)).map((name) => [name, payload[name]]),
    ),
  };
}

function textsIn(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** Claims that are kept elsewhere (OpenID Connect Core §5.6.2). */
function claimNames({ _claim_names: names }: JWTPayload): object {
  return typeof names === "object" && names !== null ? names : {};
}

/**
 * The provider names this session when it signs the user out. With a `sid` that no sign-out could name, no tokens may be
 * stored. Null and the empty string mean that there is none (OpenID Connect Core §5.3.2).
 */
function sidOf(sid: unknown): Sid | undefined {
  if (sid === undefined || sid === null || sid === "") return undefined;
  if (isUsableSid(sid)) return sid;
  throw new SignInRejected("id_token_sid", (say) => say.unusableSid);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** @throws {SignInRejected} It is none. */
export function guid(value: unknown): string {
  if (isGuid(value)) return value;
  throw new SignInRejected("id_token_claims");
}
