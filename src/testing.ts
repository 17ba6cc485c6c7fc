import { randomUUID } from "node:crypto";
import { HttpRequest, type HttpRequestInit } from "@azure/functions";
import type { Auth } from "./auth.ts";
import { takeOver } from "./createAuth.ts";
import { OptionInvalid } from "./shared/base/errors.ts";
import type { Context } from "./shared/context.ts";
import { newSession } from "./shared/flows/newSession.ts";
import { claimsOf } from "./shared/identity/claims.ts";
import { transactionOf } from "./shared/identity/transaction.ts";
import type { HomeAccountId } from "./shared/rows/keys.ts";
import { readSessionCookie, SESSION_COOKIE } from "./shared/session/sessionCookie.ts";
import { signOutByUser } from "./shared/store/signOut.ts";
import type { TokenCache } from "./shared/tokens/tokenCache.ts";
import { ISSUER, memoryContext, ORIGIN, TENANT_ID } from "./testing/context.ts";

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

/** A request of a script on a page of the app; headers say otherwise. */
export type TestRequest = (path: string, init?: Omit<HttpRequestInit, "url">) => HttpRequest;

/** A browser that is signed in. */
export interface SignedInUser {
  /** Makes a request that carries the session. */
  readonly request: TestRequest;
  /** Signs the user out, as any sign-out does: what is under way loses its tokens. */
  signOut(): Promise<void>;
}

export interface TestUsers {
  /** Makes a request of somebody who is not signed in. */
  readonly request: TestRequest;
  /** Signs in somebody new. */
  signIn(user?: TestUser): Promise<SignedInUser>;
}

/**
 * Takes over an app's own `auth` for tests of its handlers: in memory, without settings, network or storage. Cookies,
 * requirements, sessions and sign-outs are real.
 *
 * @throws {LightsoutError} `ERR_OPTION_INVALID`: in Azure, or for an `auth` that is none.
 * @example
 * import { InvocationContext } from "@azure/functions";
 * import type { Auth } from "lightsout/functions";
 * import { testUsers } from "lightsout/testing";
 *
 * export async function testReport(auth: Auth, report: ReturnType<Auth["signedIn"]>) {
 *   const users = testUsers(auth);
 *   const auditor = await users.signIn({ roles: ["Auditor"], tokens: { "Mail.Read": "token" } });
 *   await report(users.request("/my/report"), new InvocationContext()); // 401
 *   await report(auditor.request("/my/report"), new InvocationContext()); // 200
 *   await auditor.signOut();
 * }
 */
export function testUsers(auth: Auth): TestUsers {
  const azure = IN_AZURE.find((name) => process.env[name] !== undefined);
  if (azure !== undefined) {
    throw new OptionInvalid(
      `testUsers is for tests, and refuses to run in Azure (${azure} is set).`,
    );
  }
  const { context, wishes } = takeOver(auth, memoryContext);
  return {
    request: requestOf(),
    async signIn(user = {}) {
      const cookie = await signIn(context, wishes.claims ?? [], user);
      const request = requestOf(`${SESSION_COOKIE}=${cookie}`);
      const ticket = readSessionCookie(context.keyring, request("/"));
      return {
        request,
        async signOut() {
          if (ticket) await signOutByUser(context.store, ticket);
        },
      };
    },
  };
}

const IN_AZURE = ["WEBSITE_INSTANCE_ID", "WEBSITE_SITE_NAME", "WEBSITE_POD_NAME"];

function requestOf(cookie?: string): TestRequest {
  return (path, { headers, ...init } = {}) =>
    new HttpRequest({
      method: "GET",
      ...init,
      url: ORIGIN + path,
      headers: { ...BY_SCRIPT, ...(cookie && { cookie }), ...headers } as Record<string, string>,
    });
}

const BY_SCRIPT = {
  accept: "*/*",
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
};

/** @param handedOn The names of the claims that the app asks for. @returns the session cookie's value. */
async function signIn(
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
