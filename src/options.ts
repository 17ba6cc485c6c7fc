import { type Api, apiFunctionName, checkApi } from "./shared/apis/api.ts";
import { type Call, checkCalls } from "./shared/apis/permissions.ts";
import { OptionInvalid } from "./shared/base/errors.ts";
import { isScope } from "./shared/http/signInOptions.ts";

/** What an app adds Lightsout with. Settings say what differs between its deployments; these do not. */
export interface Options {
  /** The whole permission table of `/graph`. Absent: there is no such route. */
  readonly graph?: readonly Call[];
  /**
   * Other web APIs, by route: `orders` makes `/orders/…` pass on, as the signed-in user, what `calls` lists, and its
   * function is `authOrders`.
   */
  readonly apis?: Readonly<Record<string, Api>>;
  /** Asked for at every sign-in, beside `openid profile offline_access`. */
  readonly scopes?: readonly string[];
  /** Claims of the ID token that `session.account.claims` and `/auth/session` have, such as `email`. */
  readonly claims?: readonly string[];
  /** Functions that are not there unless they are wanted, and those that may be left out. */
  readonly functions?: {
    /** The home page, at `/`. It needs `User.Read` in `scopes`. Default: `false`. */
    readonly home?: boolean;
    /** `/health`. Default: `true`. */
    readonly health?: boolean;
    /** The page that says where somebody is signed in. Default: `true`. */
    readonly sessions?: boolean;
    /** `/accounts/{homeAccountId}`, for operators. Default: `true`. */
    readonly account?: boolean;
    /** OpenID Connect Back-Channel Logout. Default: `true`. */
    readonly backchannelLogout?: boolean;
  };
}

/** In place of a function that every app has, with what it is called there. */
const ALWAYS_THERE = ["signIn", "callback", "session", "signOut", "logoutCallback", "purgeExpired"];
const OPTIONAL = ["home", "health", "sessions", "account", "backchannelLogout"];

/** The names that no function of an API may have, in any case: hosts do not tell them apart. */
const OUR_FUNCTIONS = [
  ...["authSignIn", "authCallback", "authSession", "authSessions", "authEndSession", "authSignOut"],
  ...["authSignedOut", "authLogoutCallback", "authBackchannelLogout", "authDevice"],
  ...["authDeviceRefresh", "authAccount", "authHome", "authHealth", "authGraph"],
  "authPurgeExpired",
];
/** What the path of an API begins with. */
const ROUTE = /^[a-z][a-z0-9-]{0,59}$/i;
/** Routes of ours, and what the host keeps for itself. */
const TAKEN = /^(auth|graph|accounts|health)$|^(admin|runtime)/i;

/** @throws {OptionInvalid} One line that names the option. */
export function checkOptions(options: Options): void {
  assertKnown("lightsout", options, ["graph", "apis", "scopes", "claims", "functions"]);
  const { graph, apis = {}, scopes = [], claims = [], functions = {} } = options;
  if (graph !== undefined) checkCalls("graph", graph);
  checkApis(apis);
  if (!Array.isArray(scopes) || !scopes.every((scope) => scope && isOneScope(scope))) {
    throw new OptionInvalid("scopes has to be a list of scope names, such as User.Read.");
  }
  checkClaims(claims);
  checkFunctions(functions, scopes);
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

/** They end sign-ins, or begin them, and are nobody else's business. */
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

function isOneScope(scope: unknown): boolean {
  return typeof scope === "string" && !scope.includes(" ") && isScope(scope);
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

function assertKnown(what: string, value: unknown, names: readonly string[]): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new OptionInvalid(`${what} takes an object with ${names.join(", ")}.`);
  }
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new OptionInvalid(`${what} has no option ${unknown}. It has ${names.join(", ")}.`);
  }
}
