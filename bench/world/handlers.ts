import { authCallback } from "../../src/functions/authCallback.ts";
import { authLogoutCallback } from "../../src/functions/authLogoutCallback.ts";
import { authSignIn } from "../../src/functions/authSignIn.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import { graph } from "../../src/functions/graph.ts";
import type { Context } from "../../src/shared/context.ts";

/** The handlers that src/main.ts registers, without the Functions host. */
export function handlersOf(app: Context) {
  return {
    signIn: authSignIn(app).handler,
    callback: authCallback(app).handler,
    graph: graph(app).handler,
    signOut: authSignOut(app).handler,
    logoutCallback: authLogoutCallback(app).handler,
  };
}
