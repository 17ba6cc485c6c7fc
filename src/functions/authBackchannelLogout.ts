import { app } from "@azure/functions";
import { lightsout } from "../app.ts";
import { BadRequest } from "../shared/errors.ts";
import { readForm } from "../shared/http/form.ts";
import { api } from "../shared/http/handlers.ts";
import { json } from "../shared/http/responses.ts";

/** OpenID Connect Back-Channel Logout 1.0, for providers that have it. */
app.http("authBackchannelLogout", {
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
