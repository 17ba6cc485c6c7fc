import { type Api, apiFunctionName, checkApi } from "./shared/apis/api.ts";
import { type Call, checkCalls } from "./shared/apis/permissions.ts";
import { OptionInvalid } from "./shared/base/errors.ts";
import { isOneScope } from "./shared/http/signInOptions.ts";

/**
 * The options of `lightsout`. What differs between deployments is not here: those are the app settings.
 *
 * @example
 * const options: Options = {
 *   graph: [{ method: "GET", path: "me", scopes: ["User.Read"], query: ["$select"] }],
 *   scopes: ["User.Read"],
 *   claims: ["email"],
 *   functions: { home: true },
 * };
 */
export interface Options {
  /** The whole permission table of `/graph`. Default: no such route. */
  readonly graph?: readonly Call[];
  /**
   * Other web APIs, by route. With `orders`, the function `authOrders` passes on the calls to `/orders/…` that its `calls`
   * list, as the signed-in user. Default: none.
   */
  readonly apis?: Readonly<Record<string, Api>>;
  /** Scopes that every sign-in asks for beside `openid profile offline_access`. Default: none. */
  readonly scopes?: readonly string[];
  /** Claims of the ID token, such as `email`, for `session.account.claims` and `/auth/session`. Default: none. */
  readonly claims?: readonly string[];
  /** Which of the optional functions are there. */
  readonly functions?: {
    /** The home page at `/`. It needs `User.Read` in `scopes`, and `sessions`. Default: `false`. */
    readonly home?: boolean;
    /** `/health`. Default: `true`. */
    readonly health?: boolean;
    /** `/auth/sessions`, the page that says where somebody is signed in, and ends one session. Default: `true`. */
    readonly sessions?: boolean;
    /** `/accounts/{homeAccountId}`, for operators, with a function key. Default: `true`. */
    readonly account?: boolean;
    /** `/auth/backchannel-logout` (OpenID Connect Back-Channel Logout 1.0). Default: `true`. */
    readonly backchannelLogout?: boolean;
  };
  /**
   * Whether the pages that sign out have a second button, which also asks Entra ID to end the user's sessions everywhere
   * (Microsoft Graph, `POST /me/revokeSignInSessions`). It takes the delegated permission `User.RevokeSessions.All`, with an
   * administrator's consent. Default: `false`.
   */
  readonly revokeSignInSessions?: boolean;
}

/** Functions that no app can leave out. */
const ALWAYS_THERE = [
  ...["signIn", "callback", "session", "signOut", "signedOut", "logoutCallback", "purgeExpired"],
];
const OPTIONAL = ["home", "health", "sessions", "account", "backchannelLogout"];

/** Names that the function of an API may not have, in any case, because hosts ignore case. */
const OUR_FUNCTIONS = [
  ...["authSignIn", "authCallback", "authSession", "authSessions", "authEndSession", "authSignOut"],
  ...["authSignedOut", "authLogoutCallback", "authBackchannelLogout", "authDevice"],
  ...["authDeviceRefresh", "authAccount", "authHome", "authHealth", "authGraph"],
  "authPurgeExpired",
];
/** The first segment of an API's path. */
const ROUTE = /^[a-z][a-z0-9-]{0,59}$/i;
/** Routes of ours, and those that the host reserves. */
const TAKEN = /^(auth|graph|accounts|health)$|^(admin|runtime)/i;

/** @throws {OptionInvalid} One line that names the option. */
export function checkOptions(options: Options): void {
  assertKnown("lightsout", options, [
    ...["graph", "apis", "scopes", "claims", "functions", "revokeSignInSessions"],
  ]);
  const { graph, apis = {}, scopes = [], claims = [], functions = {} } = options;
  const { revokeSignInSessions = false } = options;
  if (graph !== undefined) checkCalls("graph", graph);
  checkApis(apis);
  if (!Array.isArray(scopes) || !scopes.every(isOneScope)) {
    throw new OptionInvalid("scopes has to be a list of scope names, such as User.Read.");
  }
  checkClaims(claims);
  checkFunctions(functions, scopes);
  if (typeof revokeSignInSessions !== "boolean") {
    throw new OptionInvalid("revokeSignInSessions has to be true or false.");
  }
}

function checkApis(apis: NonNullable<Options["apis"]>): void {
  if (typeof apis !== "object" || apis === null || Array.isArray(apis)) {
    throw new OptionInvalid("apis takes an object with an API for each route.");
  }
  const functions = new Set(OUR_FUNCTIONS.map((name) => name.toLowerCase()));
  for (const [route, api] of Object.entries(apis)) {
    if (!ROUTE.test(route)) {
      throw new OptionInvalid(
        `apis.${JSON.stringify(route)} is no route. Give letters, digits and hyphens, beginning with a letter.`,
      );
    }
    const name = apiFunctionName(route).toLowerCase();
    if (TAKEN.test(route) || functions.has(name)) {
      throw new OptionInvalid(`apis.${route} is taken. Give the API another route.`);
    }
    functions.add(name);
    checkApi(`apis.${route}`, api);
  }
}

/** They begin or end sign-ins. No app needs them. */
const SECRET_CLAIMS = ["sid", "nonce"];

function checkClaims(claims: readonly string[]): void {
  if (!Array.isArray(claims) || !claims.every((claim) => claim && typeof claim === "string")) {
    throw new OptionInvalid("claims has to be a list of claim names, such as email.");
  }
  const secret = claims.find((claim) => SECRET_CLAIMS.includes(claim));
  if (secret !== undefined) {
    throw new OptionInvalid(`claims cannot have ${secret}: whoever knows it could use it.`);
  }
}

function checkFunctions(functions: NonNullable<Options["functions"]>, scopes: readonly string[]) {
  for (const name of Object.keys(Object(functions))) {
    if (ALWAYS_THERE.includes(name)) {
      throw new OptionInvalid(`functions.${name} cannot be set: no app can do without it.`);
    }
  }
  assertKnown("functions", functions, OPTIONAL);
  for (const [name, wanted] of Object.entries(functions)) {
    if (wanted !== undefined && typeof wanted !== "boolean") {
      throw new OptionInvalid(`functions.${name} has to be true or false.`);
    }
  }
  if (!functions.home) return;
  if (!scopes.includes("User.Read")) {
    throw new OptionInvalid(
      "functions.home needs User.Read in scopes: the home page shows the profile.",
    );
  }
  if (functions.sessions === false) {
    throw new OptionInvalid("functions.home needs functions.sessions: the home page leads there.");
  }
}

/** @throws {OptionInvalid} It is no object, or has something else in it. */
export function assertKnown(what: string, value: unknown, names: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionInvalid(`${what} takes an object with ${names.join(", ")}.`);
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionInvalid(`${what} has no option ${unknown}. It has ${names.join(", ")}.`);
  }
}
