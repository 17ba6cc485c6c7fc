import { apiFunctionName, type DeclaredApi } from "../shared/apis/api.ts";
import { forward } from "../shared/apis/forward.ts";
import type { Context } from "../shared/context.ts";
import type { Delivery } from "../shared/http/delivery.ts";
import { signedIn } from "../shared/web/handlers.ts";
import type { HttpFunction, Invocation } from "../shared/web/httpFunction.ts";
import { privately } from "../shared/web/responses.ts";

/** Passes the calls in an API's permission table on, as the signed-in user. */
export function authApi(
  context: Context,
  api: DeclaredApi,
  deliveryOf: (invocationId: string) => Delivery | undefined,
): HttpFunction<Invocation> {
  const passOn = signedIn(context, async (request, delivery: Delivery | undefined, session) =>
    privately(await forward(context, request, session, api, delivery)),
  );
  return {
    name: apiFunctionName(api.route),
    methods: ["GET", "POST", "PATCH", "PUT", "DELETE"],
    route: `${api.route}/{*path}`,
    authLevel: "anonymous",
    // At once: the way back is forgotten when the caller leaves.
    handler: (request, { invocationId }) => passOn(request, deliveryOf(invocationId)),
  };
}
