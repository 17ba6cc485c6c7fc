import { authCallback } from "../../src/functions/authCallback.ts";
import { authGraph } from "../../src/functions/authGraph.ts";
import { authLogoutCallback } from "../../src/functions/authLogoutCallback.ts";
import { authSignIn } from "../../src/functions/authSignIn.ts";
import { authSignOut } from "../../src/functions/authSignOut.ts";
import type { Context } from "../../src/shared/context.ts";

/** The handlers that src/main.ts registers, without the Functions host. */
export function handlersOf(app: Context) {
  return {
    signIn: authSignIn(app).handler,
    callback: authCallback(app).handler,
    graph: authGraph(app).handler,
    signOut: authSignOut(app).handler,
    logoutCallback: authLogoutCallback(app).handler,
  };
}
