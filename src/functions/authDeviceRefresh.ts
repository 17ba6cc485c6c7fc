import { BadRequest } from "../shared/base/errors.ts";
import type { Context } from "../shared/context.ts";
import { refreshDevice } from "../shared/flows/bindDevice.ts";
import { challengeHeader, noMore, sessionIn } from "../shared/session/deviceBinding.ts";
import { api } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";

/** Called by the browser itself every few minutes: proves the key that the session is bound to. */
export const authDeviceRefresh = (context: Context): HttpFunction => ({
  name: "authDeviceRefresh",
  methods: ["POST"],
  route: "auth/device/refresh",
  authLevel: "anonymous",
  handler: api(context, async (request) => {
    const identifier = sessionIn(request) ?? "";
    const outcome = await refreshDevice(context, request, identifier);
    if (!identifier) throw new BadRequest((say) => say.startAgain);
    if (outcome === undefined) return json(noMore(identifier));
    if ("body" in outcome) return { ...json(outcome.body), cookies: outcome.cookies };
    return json({}, 403, challengeHeader(identifier, outcome.challenge));
  }),
});
