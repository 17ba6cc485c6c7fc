import type { Context } from "../shared/context.ts";
import { finishSignIn } from "../shared/flows/finishSignIn.ts";
import { resumeSignIn } from "../shared/flows/resumeSignIn.ts";
import { readQuery } from "../shared/http/form.ts";
import { explain } from "../shared/web/answers.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { redirect } from "../shared/web/responses.ts";

/** The redirect URI of the app registration (POST), and where late answers go on (GET). */
export const authCallback = (context: Context): HttpFunction => ({
  name: "authCallback",
  methods: ["GET", "POST"],
  route: "auth/callback",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const isLate = request.method === "GET";
    const state = isLate ? readQuery(request).get("state") : null;
    if (isLate && !state) return redirect(302, context.settings.origin + context.settings.home);
    const { location, cookies, headers, refused } = state
      ? await resumeSignIn(context, request, state)
      : await finishSignIn(context, request);
    if (refused) return { ...explain(context, request, refused, location), cookies };
    return redirect(303, location, cookies, headers);
  }),
});
