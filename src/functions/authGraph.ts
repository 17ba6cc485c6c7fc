import { forwardToGraph } from "../shared/apis/graph.ts";
import type { Call } from "../shared/apis/permissions.ts";
import type { Context } from "../shared/context.ts";
import { signedIn } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { privately } from "../shared/web/responses.ts";

/** Microsoft Graph as the signed-in user, as far as the permission table goes. */
export const authGraph = (context: Context, permissions: readonly Call[]): HttpFunction => ({
  name: "authGraph",
  methods: ["GET", "POST", "PATCH", "PUT", "DELETE"],
  route: "graph/{*path}",
  authLevel: "anonymous",
  handler: signedIn(context, async (request, _, session) =>
    privately(await forwardToGraph(context, request, session, permissions)),
  ),
});
