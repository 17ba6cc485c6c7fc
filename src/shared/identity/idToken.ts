import { errors } from "jose";
import { SignInRejected } from "../base/errors.ts";
import { claimsOf, guid, type IdTokenClaims } from "./claims.ts";
import type { ProviderKeys } from "./keySet.ts";
import { isAllowed, issuesFor } from "./letIn.ts";
import type { ProviderMetadata } from "./metadata.ts";
import { issuerFor, mayIssue } from "./ownIssuer.ts";

export interface IdTokenValidator {
  /**
   * OpenID Connect Core §3.1.3.7.
   *
   * @param nonce Of the authorization request. None for an ID token of a refresh.
   * @throws {SignInRejected} @throws {ProviderUnavailable}
   */
  validate(idToken: string, nonce?: string): Promise<IdTokenClaims>;
}

interface Expected {
  readonly clientId: string;
  readonly allowedTenants: ReadonlySet<string> | undefined;
  readonly metadata: () => Promise<ProviderMetadata>;
  /** The names of the claims that are handed on to the app. */
  readonly claims?: readonly string[];
}

/** An ID token is validated right after it was issued, so an older one is refused. Seconds. */
const MAX_AGE_SECONDS = 24 * 3_600;
const REQUIRED = ["iss", "sub", "exp", "iat", "tid", "oid"];

export function createIdTokenValidator(expected: Expected, keys: ProviderKeys): IdTokenValidator {
  return {
    async validate(idToken, nonce) {
      const metadata = await expected.metadata();
      const { payload, keyIssuer } = await keys
        .verify(idToken, {
          audience: expected.clientId,
          requiredClaims: nonce === undefined ? REQUIRED : [...REQUIRED, "nonce"],
          maxTokenAge: MAX_AGE_SECONDS,
        })
        .catch(rejected);

      const tenantId = guid(payload.tid);
      if (nonce !== undefined && payload.nonce !== nonce)
        throw new SignInRejected("id_token_nonce");
      if (payload.iss !== issuerFor(metadata.issuer, tenantId)) {
        throw new SignInRejected("id_token_issuer");
      }
      if (!issuesFor(tenantId, metadata.issuer)) throw new SignInRejected("id_token_tid");
      if (!mayIssue(keyIssuer, payload.iss)) {
        throw new SignInRejected("id_token_key_issuer");
      }
      if (Array.isArray(payload.aud) && payload.aud.length > 1) {
        throw new SignInRejected("id_token_aud");
      }
      if (payload.azp !== undefined && payload.azp !== expected.clientId) {
        throw new SignInRejected("id_token_azp");
      }
      if (!isAllowed(tenantId, expected.allowedTenants)) {
        throw new SignInRejected("tenant_not_allowed", (say) => say.tenantNotAllowed);
      }
      return claimsOf(payload, tenantId, expected.claims ?? []);
    },
  };
}

function rejected(cause: unknown): never {
  if (!(cause instanceof errors.JOSEError)) throw cause;
  const reason =
    cause instanceof errors.JWTClaimValidationFailed
      ? cause.claim
      : cause.code.toLowerCase().replace("err_", "");
  throw new SignInRejected(`id_token_${reason}`, undefined, { cause });
}
