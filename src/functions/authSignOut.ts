import type { Context, SignOutContext } from "../shared/context.ts";
import { signOutHere } from "../shared/flows/signOutHere.ts";
import { assertSameOrigin } from "../shared/http/sameOrigin.ts";
import { readSessionCookie } from "../shared/session/sessionCookie.ts";
import { logFault } from "../shared/web/answers.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { signOutFailedPage, signOutPage } from "../shared/web/pages/signOutPage.ts";
import { page, redirect } from "../shared/web/responses.ts";
import { viewOf } from "../shared/web/view.ts";

/**
 * GET: a page that asks, since a link or a prefetch must not sign anybody out. POST: the sign-out.
 * @param revokeContext What Microsoft is asked with, in an app that offers that.
 */
export const authSignOut = (context: SignOutContext, revokeContext?: Context): HttpFunction => ({
  name: "authSignOut",
  methods: ["GET", "POST"],
  route: "auth/signout",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    // Read first: without a store or its keys this throws, and nobody is asked what cannot be done.
    const { settings, keyring } = context;
    const view = viewOf(context, request);
    if (request.method === "GET")
      return page(settings, signOutPage(view, revokeContext !== undefined));

    assertSameOrigin(request, settings.origin);
    const ticket = readSessionCookie(keyring, request);
    const outcome = await signOutHere(context, request, ticket, revokeContext);
    if ("location" in outcome) return redirect(303, outcome.location, outcome.cookies);
    logFault(context, outcome.fault);
    const failed = signOutFailedPage(view, outcome.asksMicrosoft);
    return page(settings, failed, 503, { "Retry-After": "2" });
  }),
});
