import { StoreUnavailable } from "../shared/errors.ts";
import type { HttpFunction } from "../shared/functions.ts";
import { logFault, webPage } from "../shared/http/handlers.ts";
import { page, redirect } from "../shared/http/responses.ts";
import { assertSameOrigin } from "../shared/http/sameOrigin.ts";
import { endSessionUrl } from "../shared/identity/endSession.ts";
import type { SigningOut } from "../shared/lightsout.ts";
import { signOutFailedPage, signOutPage } from "../shared/pages/signOutPage.ts";
import { noSessionCookie, readSessionCookie } from "../shared/session/sessionCookie.ts";

/** A page that asks (GET: a link or a prefetch signs nobody out), and the sign-out itself (POST). */
export const authSignOut = (lightsout: SigningOut): HttpFunction => ({
  name: "authSignOut",
  methods: ["GET", "POST"],
  route: "auth/signout",
  authLevel: "anonymous",
  handler: webPage(lightsout, async (request) => {
    const { settings, store, metadata, signOuts } = lightsout;
    if (request.method === "GET") return page(settings, signOutPage());

    assertSameOrigin(request, settings.baseUrl);
    const ticket = readSessionCookie(store.keyring, request);
    try {
      if (ticket) await signOuts.here(ticket);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      logFault(lightsout, error);
      return page(settings, signOutFailedPage(), 503, { "Retry-After": "2" });
    }
    const home = `${settings.baseUrl}/`;
    const next = await endSessionUrl(metadata, settings, home, ticket?.logoutHint);
    return redirect(303, next, noSessionCookie(store.keyring, request, ticket));
  }),
});
