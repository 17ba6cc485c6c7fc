import { randomUUID } from "node:crypto";
import type { Context } from "../shared/context.ts";
import { newSession } from "../shared/flows/newSession.ts";
import { claimsOf } from "../shared/identity/claims.ts";
import { transactionOf } from "../shared/identity/transaction.ts";
import type { HomeAccountId } from "../shared/rows/keys.ts";
import type { TokenCache } from "../shared/tokens/tokenCache.ts";
import { ISSUER, TENANT_ID } from "./context.ts";
import { requestOf } from "./request.ts";

/** Who signs in, as far as a test is about it. */
export interface TestUser {
  readonly name?: string;
  /** App roles. */
  readonly roles?: readonly string[];
  /** More claims of the ID token, such as `email`, or `acrs` for an authentication context. */
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Access tokens by their scopes, such as `{ "Mail.Read Mail.Send": "token" }`. Others take the user's consent. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** When the user last authenticated. Default: now. */
  readonly authenticatedAt?: Date;
}

/** @param handedOn The names of the claims that the app asks for. @returns the session cookie's value. */
export async function signIn(
  context: Context,
  handedOn: readonly string[],
  { name = "Test User", roles = [], claims = {}, tokens = {}, authenticatedAt }: TestUser,
): Promise<string> {
  const now = context.now();
  const seconds = Math.floor(now / 1_000);
  const oid = randomUUID();
  const payload = {
    iss: ISSUER,
    sub: oid,
    oid,
    iat: seconds,
    name,
    preferred_username: `${name.toLowerCase().replaceAll(/\s+/g, ".")}@contoso.com`,
    roles: [...roles],
    auth_time: authenticatedAt ? Math.floor(authenticatedAt.getTime() / 1_000) : seconds,
    ...claims,
  };
  const homeAccountId = `${oid}.${TENANT_ID}` as HomeAccountId;
  const secret = randomUUID();
  const pending = { secret, startedAt: now, seen: [], silent: false };
  const { cookies } = await newSession(
    context,
    requestOf()("/auth/callback"),
    {
      homeAccountId,
      cache: cacheOf(context, homeAccountId, tokens),
      claims: claimsOf(payload, TENANT_ID, handedOn),
      sessionState: null,
      confirmedAt: now,
    },
    { pending, transaction: transactionOf(secret), noCookie: NO_COOKIE },
    [],
  );
  return cookies[0]?.value ?? "";
}

const NO_COOKIE = {
  ...{ name: "none", value: "", path: "/", maxAge: 0 },
  ...({ secure: true, httpOnly: true, sameSite: "None" } as const),
};

/** In the year 2100. Seconds since 1970. */
const FAR_AWAY = "4102444800";

function cacheOf(
  { settings }: Context,
  homeAccountId: string,
  tokens: Readonly<Record<string, string>>,
): TokenCache {
  const entries = Object.entries(tokens).map(([target, secret]) => [
    target,
    {
      home_account_id: homeAccountId,
      client_id: settings.clientId,
      realm: TENANT_ID,
      expires_on: FAR_AWAY,
      target,
      secret,
    },
  ]);
  const AccessToken = Object.fromEntries(entries);
  return { Account: {}, IdToken: {}, AccessToken, RefreshToken: {}, AppMetadata: {} };
}
