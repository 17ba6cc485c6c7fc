import type { HttpFunction } from "../shared/functions.ts";
import { forwardToGraph } from "../shared/graph/graph.ts";
import { signedIn } from "../shared/http/handlers.ts";
import { privately } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";

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
