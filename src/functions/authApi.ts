import { apiFunctionName, type DeclaredApi } from "../shared/apis/api.ts";
import { forward } from "../shared/apis/forward.ts";
import type { Context } from "../shared/context.ts";
import type { Delivery } from "../shared/http/delivery.ts";
import { signedIn } from "../shared/web/handlers.ts";
import type { HttpFunction, Invocation } from "../shared/web/httpFunction.ts";
import { privately } from "../shared/web/responses.ts";

/** Passes the calls in an API's permission table on, as the signed-in user. */
export const authApi = (
  context: Context,
  api: DeclaredApi,
  deliveryOf: (invocationId: string) => Delivery | undefined,
): HttpFunction<Invocation> => ({
  name: apiFunctionName(api.route),
  methods: ["GET", "POST", "PATCH", "PUT", "DELETE"],
  route: `${api.route}/{*path}`,
  authLevel: "anonymous",
  handler: signedIn(context, async (request, { invocationId }: Invocation, session) =>
    privately(await forward(context, request, session, api, deliveryOf(invocationId))),
  ),
});
