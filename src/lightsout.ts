import type { app } from "@azure/functions";
import type { Auth } from "./auth.ts";
import { compose, createEnvironment } from "./compose.ts";
import { createAuth } from "./createAuth.ts";
import { authPurgeExpired } from "./functions/authPurgeExpired.ts";
import { functionsOf } from "./functions.ts";
import { readRoutePrefix } from "./hostJson.ts";
import { followInvocations } from "./invocations.ts";
import { openConnection } from "./openConnection.ts";
import { checkOptions, type Options } from "./options.ts";
import { keepAliveOpener } from "./shared/net/open.ts";
import { readProxy } from "./shared/net/proxy.ts";
import { watchStreamed } from "./streamed.ts";

export type { Account, Auth, Session } from "./auth.ts";
export type { Options } from "./options.ts";
export type { Requirements } from "./requirements.ts";
export type { Api } from "./shared/apis/api.ts";
export type { Call } from "./shared/apis/permissions.ts";
export { LightsoutError } from "./shared/base/errors.ts";

/** The part of `app` of `@azure/functions` that Lightsout uses. */
type FunctionsApp = Pick<typeof app, "http" | "timer"> & {
  readonly hook: Pick<typeof app.hook, "appStart" | "preInvocation" | "appTerminate">;
};

/**
 * Adds sign-in, sign-out and calls to web APIs to a Functions app. It registers functions, whose names begin with `auth`,
 * and reads the app settings once. Call it once in a process.
 *
 * A missing or wrong setting does not make it throw. The functions that need the setting answer 503, and the log names it.
 * The app's other functions go on.
 *
 * @param app `app` of `@azure/functions`.
 * @returns what the app wraps its own functions with.
 * @throws {LightsoutError} `ERR_OPTION_INVALID`: its message is one line that names the option. Nothing is registered.
 * @example
 * import { app } from "@azure/functions";
 * import { lightsout } from "lightsout/functions";
 *
 * export const auth = lightsout(app, {
 *   graph: [{ method: "GET", path: "me", scopes: ["User.Read"], query: ["$select"] }],
 *   scopes: ["User.Read"],
 * });
 */
export function lightsout(app: FunctionsApp, options: Options = {}): Auth {
  checkOptions(options);
  const env = process.env;
  const log = followInvocations(app.hook);
  const { proxyEnv, unusable } = readProxy(env);
  for (const name of unusable) {
    const reason = `${name} holds no address of a proxy, such as http://proxy.example.com:8080. Requests go out without it.`;
    log("error", "setting.invalid", { reason, count: 1 });
  }
  const environment = createEnvironment(env, { log, open: keepAliveOpener(undefined, proxyEnv) });
  const { functions } = options;
  const prefix = readRoutePrefix(process.cwd(), env);
  const place = { prefix, home: functions?.home ? `${prefix}/` : "/" };
  const composition = { wishes: options, place };
  const composed = compose(env, environment, composition);
  const { context, signingOut } = composed;
  const deliveryOf = watchStreamed();

  for (const { name, ...http } of functionsOf(composed, options, env, deliveryOf)) {
    app.http(name, http);
  }
  const { name, ...timer } = authPurgeExpired(signingOut);
  app.timer(name, timer);
  app.hook.appStart(() => void openConnection(signingOut));
  app.hook.appTerminate(() => {
    for (const who of signingOut.signOuts.unfinished()) log("error", "signout.unfinished", { who });
  });
  return createAuth(context, deliveryOf, composition);
}
