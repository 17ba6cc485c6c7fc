import { apisOf } from "./apis.ts";
import type { App } from "./compose.ts";
import { authAccount } from "./functions/authAccount.ts";
import { authApi } from "./functions/authApi.ts";
import { authBackchannelLogout } from "./functions/authBackchannelLogout.ts";
import { authCallback } from "./functions/authCallback.ts";
import { authDevice } from "./functions/authDevice.ts";
import { authDeviceRefresh } from "./functions/authDeviceRefresh.ts";
import { authEndSession } from "./functions/authEndSession.ts";
import { authHealth } from "./functions/authHealth.ts";
import { authHome } from "./functions/authHome.ts";
import { authLogoutCallback } from "./functions/authLogoutCallback.ts";
import { authSession } from "./functions/authSession.ts";
import { authSessions } from "./functions/authSessions.ts";
import { authSignedOut } from "./functions/authSignedOut.ts";
import { authSignIn } from "./functions/authSignIn.ts";
import { authSignOut } from "./functions/authSignOut.ts";
import { guideTo } from "./guide.ts";
import type { Options } from "./options.ts";
import type { Env } from "./shared/config/env.ts";
import type { HttpFunction, Invocation } from "./shared/web/httpFunction.ts";
import type { DeliveryOf } from "./streamed.ts";

/**
 * The HTTP functions of an app with these options.
 *
 * @param env The settings that its APIs name. @param deliveryOf How its callers are answered with streams.
 */
export function functionsOf(
  app: App,
  options: Options,
  env: Env = {},
  deliveryOf: DeliveryOf = () => undefined,
): HttpFunction<Invocation>[] {
  const { context, signingOut } = app;
  const { graph, functions = {}, revokeSignInSessions = false } = options;
  const { home = false, health = true, sessions = true } = functions;
  const { DEMO_OTHER_APP_URL: otherApp } = env;
  const { account = true, backchannelLogout = true } = functions;
  return [
    authCallback(context),
    authDevice(context),
    authDeviceRefresh(context),
    authLogoutCallback(signingOut),
    authSession(context),
    authSignIn(context),
    authSignedOut(signingOut),
    authSignOut(signingOut, revokeSignInSessions ? context : undefined),
    ...(account ? [authAccount(context)] : []),
    ...(backchannelLogout ? [authBackchannelLogout(context)] : []),
    ...apisOf(app, options, env).map((api) => authApi(context, api, deliveryOf)),
    ...(health ? [authHealth(context)] : []),
    ...(home ? [authHome(context, graph, otherApp ? guideTo(otherApp) : undefined)] : []),
    ...(sessions ? [authSessions(context, revokeSignInSessions), authEndSession(signingOut)] : []),
  ];
}
