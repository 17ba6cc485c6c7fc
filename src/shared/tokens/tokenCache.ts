import { createHash } from "node:crypto";

/** The sections of a serialized MSAL token cache, each a map of credentials by key. */
export interface TokenCache {
  readonly Account: Readonly<Record<string, Credential>>;
  readonly IdToken: Readonly<Record<string, Credential>>;
  readonly AccessToken: Readonly<Record<string, AccessToken>>;
  readonly RefreshToken: Readonly<Record<string, Credential>>;
  readonly AppMetadata: Readonly<Record<string, Credential>>;
}

export type Credential = Readonly<Record<string, unknown>>;

/** What an access token is good for. */
export interface Grant {
  readonly home_account_id: string;
  readonly client_id: string;
  readonly realm: string;
  /** Scopes, separated by spaces. */
  readonly target: string;
  /** Seconds since 1970, as a string. */
  readonly expires_on: string;
  /** The claims challenge that it was issued in answer to, by {@link challengeId}. */
  readonly challenge?: string;
}

/** @param claims JSON of a `claims` request parameter. */
export function challengeId(claims: string): string {
  return createHash("sha256").update(claims).digest("base64url").slice(0, 22);
}

export interface AccessToken extends Credential, Grant {
  readonly secret: string;
}

/** An access token this close to its end is not handed out: it has to survive the call it is for. Milliseconds. */
const ACCESS_TOKEN_MARGIN_MS = 5 * 60_000;

/**
 * Puts a refreshed access token into a newer version of the cache that the refresh was made from. Everything else
 * stays as the newer version has it: its grant may be newer too.
 *
 * @param refused Access tokens that a claims challenge has refused: they are taken out.
 */
export function withToken(
  newer: TokenCache,
  { cache, accessToken }: { readonly cache: TokenCache; readonly accessToken: string },
  refused: TokenCache["AccessToken"],
): TokenCache {
  const secrets = new Set(Object.values(refused).map(({ secret }) => secret));
  const kept = Object.entries(newer.AccessToken).filter(([, { secret }]) => !secrets.has(secret));
  const fresh = Object.entries(cache.AccessToken).filter(([, it]) => it.secret === accessToken);
  return { ...newer, AccessToken: Object.fromEntries([...kept, ...fresh]) };
}

/** MSAL never removes an expired access token of scopes nobody asks for again; this does. */
export function withoutExpiredTokens(cache: TokenCache, now: number): TokenCache {
  const live = Object.entries(cache.AccessToken).filter(
    ([, token]) => expiryOfToken(token) > now + ACCESS_TOKEN_MARGIN_MS,
  );
  return { ...cache, AccessToken: Object.fromEntries(live) };
}

/** The cache with the half of its access tokens that lives longest. A refresh token brings the others back. */
export function withHalfTheTokens(cache: TokenCache): TokenCache {
  const byExpiry = Object.entries(cache.AccessToken).sort(
    ([, a], [, b]) => expiryOfToken(b) - expiryOfToken(a),
  );
  return { ...cache, AccessToken: Object.fromEntries(byExpiry.slice(0, byExpiry.length >> 1)) };
}

export interface Wanted {
  readonly homeAccountId: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Only a token that was issued in answer to this claims challenge will do. */
  readonly claims?: string | undefined;
}

/**
 * Whether an access token is of this account and tenant, and has all the scopes and enough time left.
 * The same rule as MSAL's silent flow, without its parsing of the whole cache.
 */
export function suits(grant: Grant, wanted: Wanted, now: number): boolean {
  return (
    grant.home_account_id === wanted.homeAccountId &&
    grant.realm === wanted.tenantId &&
    grant.client_id === wanted.clientId &&
    expiryOfToken(grant) > now + ACCESS_TOKEN_MARGIN_MS &&
    hasScopes(grant.target, wanted.scopes) &&
    (wanted.claims === undefined || grant.challenge === challengeId(wanted.claims))
  );
}

/** The secret of the first access token that suits. */
export function findAccessToken(
  { AccessToken }: TokenCache,
  wanted: Wanted,
  now: number,
): string | undefined {
  return Object.values(AccessToken).find((token) => suits(token, wanted, now))?.secret;
}

/** Scopes are compared without case, as Entra does. */
function hasScopes(target: string, scopes: readonly string[]): boolean {
  const granted = target.toLowerCase().split(" ");
  return scopes.every((scope) => granted.includes(scope.toLowerCase()));
}

function expiryOfToken({ expires_on }: Grant): number {
  return Number(expires_on) * 1_000;
}
