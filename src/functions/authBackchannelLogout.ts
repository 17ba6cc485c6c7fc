import { BadRequest } from "../shared/errors.ts";
import type { HttpFunction } from "../shared/functions.ts";
import { readForm } from "../shared/http/form.ts";
import { api } from "../shared/http/handlers.ts";
import { json } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";

/** OpenID Connect Back-Channel Logout 1.0, for providers that have it. */
export const authBackchannelLogout = (lightsout: Lightsout): HttpFunction => ({
  name: "authBackchannelLogout",
  methods: ["POST"],
  route: "auth/backchannel-logout",
  authLevel: "anonymous",
  handler: api(lightsout, async (request) => {
    const token = (await readForm(request)).get("logout_token");
    if (!token) throw new BadRequest("The form has no logout_token.");
    await lightsout.signOuts.byToken(await lightsout.logoutTokens.validate(token));
    return json({});
  }),
});
