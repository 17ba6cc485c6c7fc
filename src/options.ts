import { type Call, checkCalls } from "./shared/apis/permissions.ts";
import { OptionInvalid } from "./shared/base/errors.ts";
import { isScope } from "./shared/http/signInOptions.ts";

/** What an app adds Lightsout with. Settings say what differs between its deployments; these do not. */
export interface Options {
  /** The whole permission table of `/graph`. Absent: there is no such route. */
  readonly graph?: readonly Call[];
  /** Asked for at every sign-in, beside `openid profile offline_access`. */
  readonly scopes?: readonly string[];
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

/** @throws {OptionInvalid} One line that names the option. */
export function checkOptions(options: Options): void {
  assertKnown("lightsout", options, ["graph", "scopes", "functions"]);
  const { graph, scopes = [], functions = {} } = options;
  if (graph !== undefined) checkCalls("graph", graph);
  if (!Array.isArray(scopes) || !scopes.every((scope) => scope && isOneScope(scope))) {
    throw new OptionInvalid("scopes has to be a list of scope names, such as User.Read.");
  }
  checkFunctions(functions, scopes);
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
