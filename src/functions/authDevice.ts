import { BadRequest } from "../shared/base/errors.ts";
import type { Context } from "../shared/context.ts";
import { registerDevice } from "../shared/flows/bindDevice.ts";
import { api } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";

/** Called by the browser itself after a sign-in: registers the key that the session is bound to. */
export const authDevice = (context: Context): HttpFunction => ({
  name: "authDevice",
  methods: ["POST"],
  route: "auth/device",
  authLevel: "anonymous",
  handler: api(context, async (request) => {
    const bound = await registerDevice(context, request);
    if (bound === undefined) throw new BadRequest((say) => say.startAgain);
    return { ...json(bound.body), cookies: bound.cookies };
  }),
});
