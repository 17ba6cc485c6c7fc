import { app } from "@azure/functions";
import { lightsout } from "../app.ts";
import { readQuery } from "../shared/http/form.ts";
import { webPage } from "../shared/http/handlers.ts";
import { redirect } from "../shared/http/responses.ts";
import { signInOptions } from "../shared/http/signInOptions.ts";
import { startSignIn } from "../shared/startSignIn.ts";

app.http("authSignIn", {
  methods: ["GET"],
  route: "auth/signin",
  authLevel: "anonymous",
  handler: webPage(lightsout, async (request) => {
    const options = signInOptions(readQuery(request));
    const { location, cookies } = await startSignIn(lightsout, request, options);
    return redirect(302, location, cookies);
  }),
});
