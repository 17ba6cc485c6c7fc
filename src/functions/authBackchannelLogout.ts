import { BadRequest } from "../shared/base/errors.ts";
import type { Context } from "../shared/context.ts";
import { readForm } from "../shared/http/form.ts";
import { api } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";

/** OpenID Connect Back-Channel Logout 1.0, for providers that have it. */
export const authBackchannelLogout = (context: Context): HttpFunction => ({
  name: "authBackchannelLogout",
  methods: ["POST"],
  route: "auth/backchannel-logout",
  authLevel: "anonymous",
  handler: api(context, async (request) => {
    const token = (await readForm(request)).get("logout_token");
    if (!token) throw new BadRequest((say) => say.noLogoutToken);
    await context.signOuts.byBackChannel(await context.logoutTokens.validate(token));
    return json({});
  }),
});
