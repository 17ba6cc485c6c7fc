import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from "jose";
import { ProviderUnavailable, SignInRejected } from "../errors.ts";
import type { ProviderMetadata } from "./metadata.ts";

/** The claims of a validated ID token that are used (Microsoft identity platform, ID token claims reference). */
export interface IdTokenClaims {
  /** The tenant the user signed in to. */
  readonly tid: string;
  readonly oid: string;
  readonly sub: string;
  readonly name: string;
  readonly preferred_username: string;
  /** Optional claim: the session at the provider, which the front channel names at sign-out. */
  readonly sid: string | undefined;
  /** Optional claim: makes the provider's sign-out page skip the account picker. */
  readonly login_hint: string | undefined;
}

export interface IdTokenValidator {
  /** OpenID Connect Core §3.1.3.7. @throws {SignInRejected} @throws {ProviderUnavailable} */
  validate(idToken: string, nonce: string): Promise<IdTokenClaims>;
}

interface Expected {
  readonly clientId: string;
  readonly allowedTenants: ReadonlySet<string> | undefined;
  readonly metadata: () => Promise<ProviderMetadata>;
}

/** Clocks may differ by this many seconds. */
const CLOCK_TOLERANCE = 120;
const TIMEOUT = 5_000;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The keys are fetched when the first token comes and again when a token names a key that is not among them. */
export function createIdTokenValidator(
  expected: Expected,
  fetch: typeof globalThis.fetch,
  now: () => number,
): IdTokenValidator {
  let keys: { uri: string; set: ReturnType<typeof createRemoteJWKSet> } | undefined;

  function keysOf({ jwks_uri }: ProviderMetadata) {
    if (keys?.uri !== jwks_uri) {
      const options = { timeoutDuration: TIMEOUT, [customFetch]: fetch };
      keys = { uri: jwks_uri, set: createRemoteJWKSet(new URL(jwks_uri), options) };
    }
    return keys.set;
  }

  return {
    async validate(idToken, nonce) {
      const metadata = await expected.metadata();
      const set = keysOf(metadata);
      const { payload, protectedHeader } = await jwtVerify(idToken, set, {
        algorithms: ["RS256"],
        audience: expected.clientId,
        requiredClaims: ["iss", "sub", "exp", "iat", "tid", "oid", "nonce"],
        clockTolerance: CLOCK_TOLERANCE,
        currentDate: new Date(now()),
      }).catch(rejected);

      const tenantId = guid(payload.tid);
      if (payload.nonce !== nonce) throw new SignInRejected("id_token_nonce");
      if (payload.iss !== metadata.issuer.replace("{tenantid}", tenantId)) {
        throw new SignInRejected("id_token_issuer");
      }
      const key = set.jwks()?.keys.find(({ kid }) => kid === protectedHeader.kid);
      const keyIssuer = (key as { issuer?: unknown } | undefined)?.issuer;
      if (!mayIssue(keyIssuer, payload.iss, tenantId))
        throw new SignInRejected("id_token_key_issuer");
      if (payload.azp !== undefined && payload.azp !== expected.clientId) {
        throw new SignInRejected("id_token_azp");
      }
      if (expected.allowedTenants && !expected.allowedTenants.has(tenantId.toLowerCase())) {
        throw new SignInRejected(
          "tenant_not_allowed",
          "Your organization has no access to this app. Sign in with another account.",
        );
      }
      return claimsOf(payload, tenantId);
    },
  };
}

/** In the shared key sets of Entra ID, each key says whose tokens it signs. */
function mayIssue(keyIssuer: unknown, issuer: string, tenantId: string): boolean {
  return typeof keyIssuer !== "string" || keyIssuer.replace("{tenantid}", tenantId) === issuer;
}

function claimsOf(payload: JWTPayload, tid: string): IdTokenClaims {
  return {
    tid,
    oid: guid(payload.oid),
    sub: payload.sub as string,
    name: text(payload.name) ?? "",
    preferred_username: text(payload.preferred_username) ?? "",
    sid: text(payload.sid),
    login_hint: text(payload.login_hint),
  };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function guid(value: unknown): string {
  if (typeof value === "string" && GUID.test(value)) return value;
  throw new SignInRejected("id_token_claims");
}

function rejected(cause: unknown): never {
  const keysFailed = cause instanceof errors.JWKSTimeout || cause instanceof errors.JWKSInvalid;
  // A plain JOSEError is jose's word for a key set that could not be fetched.
  if (!(cause instanceof errors.JOSEError) || keysFailed || cause.code === "ERR_JOSE_GENERIC") {
    throw new ProviderUnavailable(undefined, { cause });
  }
  if (cause instanceof errors.JWTClaimValidationFailed) {
    throw new SignInRejected(`id_token_${cause.claim}`, undefined, { cause });
  }
  throw new SignInRejected(`id_token_${cause.code.toLowerCase().replace("err_", "")}`, undefined, {
    cause,
  });
}
