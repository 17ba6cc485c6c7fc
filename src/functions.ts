import type { App } from "./compose.ts";
import { authAccount } from "./functions/authAccount.ts";
import { authBackchannelLogout } from "./functions/authBackchannelLogout.ts";
import { authCallback } from "./functions/authCallback.ts";
import { authGraph } from "./functions/authGraph.ts";
import { authHealth } from "./functions/authHealth.ts";
import { authHome } from "./functions/authHome.ts";
import { authLogoutCallback } from "./functions/authLogoutCallback.ts";
import { authSession } from "./functions/authSession.ts";
import { authSessions } from "./functions/authSessions.ts";
import { authSignIn } from "./functions/authSignIn.ts";
import { authSignOut } from "./functions/authSignOut.ts";
import type { Options } from "./options.ts";
import type { HttpFunction } from "./shared/web/httpFunction.ts";

/** The HTTP functions of an app with these options. @param otherApp A second app, which the home page leads to. */
export function functionsOf(
  { context, signingOut }: App,
  { graph, functions = {} }: Options,
  otherApp?: string,
): HttpFunction[] {
  const { home = false, health = true, sessions = true } = functions;
  const { account = true, backchannelLogout = true } = functions;
  return [
    authCallback(context),
    authLogoutCallback(signingOut),
    authSession(context),
    authSignIn(context),
    authSignOut(signingOut),
    ...(account ? [authAccount(context)] : []),
    ...(backchannelLogout ? [authBackchannelLogout(context)] : []),
    ...(graph ? [authGraph(context, graph)] : []),
    ...(health ? [authHealth(context)] : []),
    ...(home ? [authHome(context, graph, otherApp)] : []),
    ...(sessions ? [authSessions(context)] : []),
  ];
}
