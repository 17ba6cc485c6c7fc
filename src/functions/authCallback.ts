import { app } from "@azure/functions";
import { lightsout } from "../app.ts";
import { webPage } from "../shared/http/handlers.ts";
import { redirect } from "../shared/http/responses.ts";
import { finishSignIn } from "../shared/signIn.ts";

/** The redirect URI of the app registration. */
app.http("authCallback", {
  methods: ["POST"],
  route: "auth/callback",
  authLevel: "anonymous",
  handler: webPage(lightsout, async (request) => {
    const { location, cookies } = await finishSignIn(lightsout, request);
    return redirect(303, location, cookies);
  }),
});
