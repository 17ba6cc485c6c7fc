import { forwardToGraph } from "../shared/apis/graph.ts";
import type { Lightsout } from "../shared/context.ts";
import { signedIn } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { privately } from "../shared/web/responses.ts";

/** Microsoft Graph as the signed-in user, as far as the permission table goes. */
export const graph = (lightsout: Lightsout): HttpFunction => ({
  name: "graph",
  methods: ["GET", "POST", "PATCH", "PUT", "DELETE"],
  route: "graph/{*path}",
  authLevel: "anonymous",
  handler: signedIn(lightsout, async (request, session) =>
    privately(await forwardToGraph(lightsout, request, session)),
  ),
});
