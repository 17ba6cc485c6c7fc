import { StoreUnavailable } from "../shared/base/errors.ts";
import type { SignOutContext } from "../shared/context.ts";
import { assertSameOrigin } from "../shared/http/sameOrigin.ts";
import { endSessionUrl } from "../shared/identity/endSessionUrl.ts";
import { noSessionCookie, readSessionCookie } from "../shared/session/sessionCookie.ts";
import { logFault } from "../shared/web/answers.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { signOutFailedPage, signOutPage } from "../shared/web/pages/signOutPage.ts";
import { page, redirect } from "../shared/web/responses.ts";
import { viewOf } from "../shared/web/view.ts";

/** GET: a page that asks, since a link or a prefetch must not sign anybody out. POST: the sign-out. */
export const authSignOut = (context: SignOutContext): HttpFunction => ({
  name: "authSignOut",
  methods: ["GET", "POST"],
  route: "auth/signout",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const { settings, keyring, metadata, signOuts } = context;
    const view = viewOf(context, request);
    if (request.method === "GET") return page(settings, signOutPage(view));

    assertSameOrigin(request, settings.origin);
    const ticket = readSessionCookie(keyring, request);
    try {
      if (ticket) await signOuts.byUser(ticket);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      logFault(context, error);
      return page(settings, signOutFailedPage(view), 503, { "Retry-After": "2" });
    }
    const back = `${settings.baseUrl}/auth/signed-out`;
    const next = await endSessionUrl(metadata, settings, back, ticket?.logoutHint);
    return redirect(303, next, noSessionCookie(keyring, request, ticket));
  }),
});
