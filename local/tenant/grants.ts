import { createHash, randomBytes } from "node:crypto";
import type { TenantUser } from "./directory.ts";
import { EntraError, required } from "./errors.ts";
import type { Switches } from "./switches.ts";

const CODE_LIFETIME = 10 * 60_000;
const REFRESH_TOKEN_LIFETIME = 90 * 24 * 3_600_000;

/** What a user has granted to an app. Codes and refresh tokens refer to it. */
export interface Grant {
  user: TenantUser;
  clientId: string;
  scope: string;
  sid: string;
  nonce: string | undefined;
  /** The `claims` parameter of the authorization request. */
  claims: string | undefined;
  /** Milliseconds. */
  authenticatedAt: number;
  /** Authentication contexts. */
  contexts: string[];
  issuedAt: number;
  revokedAt?: number;
  /** Whether one of its refresh tokens was used twice. */
  reused?: boolean;
}

/** What the redemption of a code is checked against. */
interface CodeBinding {
  redirectUri: string;
  authority: string;
  codeChallenge: string | undefined;
}

interface RefreshToken {
  grant: Grant;
  expiresAt: number;
  used?: boolean;
}

interface Code extends CodeBinding {
  grant: Grant;
  expiresAt: number;
  redeemed: boolean;
}

export class Grants {
  readonly #codes = new Map<string, Code>();
  readonly #refreshTokens = new Map<string, RefreshToken>();

  issueCode(grant: Grant, binding: CodeBinding): string {
    const code = opaque("1.A");
    const expiresAt = grant.issuedAt + CODE_LIFETIME;
    this.#codes.set(code, { ...binding, grant, expiresAt, redeemed: false });
    return code;
  }

  issueRefreshToken(grant: Grant, now: number): string {
    const token = opaque("1.AR");
    this.#refreshTokens.set(token, { grant, expiresAt: now + REFRESH_TOKEN_LIFETIME });
    return token;
  }

  /** @throws EntraError when the code is unknown, used, expired or bound to something else. */
  redeemCode(
    { now }: { now: () => number },
    authority: string,
    clientId: string,
    params: Record<string, string>,
  ): Grant {
    const code = this.#codes.get(required(params, "code"));
    const redirectUri = required(params, "redirect_uri");
    if (!code) throw malformed();
    if (code.grant.clientId !== clientId) throw wrongClient("code");
    if (code.redeemed) {
      throw new EntraError(
        54005,
        "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
      );
    }
    if (code.expiresAt <= now()) {
      throw new EntraError(
        70008,
        "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
      );
    }
    if (code.authority !== authority) {
      throw new EntraError(
        700005,
        "Provided Authorization Code is intended to use against other tenant, thus rejected. OAuth2 Authorization Code must be redeemed against same tenant it was acquired for (/common or /{tenant-ID} as appropriate).",
      );
    }
    if (code.redirectUri !== redirectUri) {
      throw new EntraError(
        500112,
        `The reply address '${redirectUri}' does not match the reply address '${code.redirectUri}' provided when requesting Authorization code.`,
      );
    }
    verifyPkce(code.codeChallenge, params.code_verifier);
    checkRevoked(code.grant);
    code.redeemed = true;
    return code.grant;
  }

  /** @throws EntraError when the token is unknown, expired, revoked or another client's. */
  redeemRefreshToken(
    { now, switches }: { now: () => number; switches: Switches },
    clientId: string,
    params: Record<string, string>,
  ): Grant {
    const token = this.#refreshTokens.get(required(params, "refresh_token"));
    if (!token) throw malformed();
    if (token.grant.clientId !== clientId) throw wrongClient("refresh_token");
    if (token.expiresAt <= now()) {
      throw new EntraError(
        700082,
        `The refresh token has expired due to inactivity. The token was issued on ${new Date(token.expiresAt - REFRESH_TOKEN_LIFETIME).toISOString()} and was inactive for 90.00:00:00.`,
      );
    }
    checkRevoked(token.grant);
    if (switches.revokeReusedRefreshTokens) {
      if (token.used) token.grant.reused = true;
      if (token.grant.reused) {
        throw new EntraError(70000, "The refresh token was used before. Its family has ended.");
      }
    }
    token.used = true;
    return token.grant;
  }

  revoke(user: TenantUser, now: number): void {
    for (const { grant } of [...this.#codes.values(), ...this.#refreshTokens.values()]) {
      if (grant.user === user) grant.revokedAt ??= now;
    }
  }
}

function verifyPkce(challenge: string | undefined, verifier: string | undefined): void {
  if (challenge !== undefined && verifier === undefined) {
    throw new EntraError(
      50148,
      "The code_verifier is missing: the authorization request had a code_challenge.",
    );
  }
  const hash = verifier && createHash("sha256").update(verifier).digest("base64url");
  if (hash !== challenge) {
    throw new EntraError(
      501481,
      "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    );
  }
}

function checkRevoked({ issuedAt, revokedAt }: Grant): void {
  if (revokedAt === undefined) return;
  throw new EntraError(
    50173,
    `The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '${new Date(issuedAt).toISOString()}' and the TokensValidFrom date (before which tokens are not valid) for this user is '${new Date(revokedAt).toISOString()}'.`,
  );
}

function malformed(): EntraError {
  return new EntraError(9002313, "Invalid request. Request is malformed or invalid.");
}

function wrongClient(parameter: string): EntraError {
  return new EntraError(
    70000,
    `The provided value for the '${parameter}' parameter is not valid: it was issued to another client.`,
  );
}

function opaque(prefix: string): string {
  return `${prefix}${randomBytes(192).toString("base64url")}`;
}
