import { StoreUnavailable } from "../shared/base/errors.ts";
import type { Context, SignOutContext } from "../shared/context.ts";
import { openBeforeSignOut, revokeAtMicrosoft } from "../shared/flows/revokeAtMicrosoft.ts";
import { readForm } from "../shared/http/form.ts";
import { assertSameOrigin } from "../shared/http/sameOrigin.ts";
import type { HttpRequest } from "../shared/http/types.ts";
import { endSessionUrl } from "../shared/identity/endSessionUrl.ts";
import { revocationCookie } from "../shared/session/revocationCookie.ts";
import { noSessionCookie, readSessionCookie } from "../shared/session/sessionCookie.ts";
import { logFault } from "../shared/web/answers.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { REVOKE_FIELD } from "../shared/web/pages/signOutForm.ts";
import { signOutFailedPage, signOutPage } from "../shared/web/pages/signOutPage.ts";
import { page, redirect } from "../shared/web/responses.ts";
import { viewOf } from "../shared/web/view.ts";

/**
 * GET: a page that asks, since a link or a prefetch must not sign anybody out. POST: the sign-out.
 * @param revoking What Microsoft is asked with, in an app that offers that.
 */
export const authSignOut = (context: SignOutContext, revoking?: Context): HttpFunction => ({
  name: "authSignOut",
  methods: ["GET", "POST"],
  route: "auth/signout",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const { settings, keyring, metadata, signOuts } = context;
    const view = viewOf(context, request);
    if (request.method === "GET") return page(settings, signOutPage(view, revoking !== undefined));

    assertSameOrigin(request, settings.origin);
    const ticket = readSessionCookie(keyring, request);
    const asking = revoking && (await wantsToRevoke(request)) ? revoking : undefined;
    const opened = asking && ticket && (await openBeforeSignOut(asking, request, ticket));
    try {
      if (ticket) await signOuts.byUser(ticket);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      logFault(context, error);
      return page(settings, signOutFailedPage(view, asking !== undefined), 503, {
        "Retry-After": "2",
      });
    }
    const revocation = asking && (await revokeAtMicrosoft(asking, ticket, opened));
    const back = `${settings.baseUrl}/auth/signed-out`;
    const next = await endSessionUrl(metadata, settings, back, ticket?.logoutHint);
    const cookies = noSessionCookie(keyring, request, ticket);
    // An older outcome is not this sign-out's.
    if (revoking) cookies.push(revocationCookie(keyring, revocation));
    return redirect(303, next, cookies);
  }),
});

/** Whatever else a request holds, it signs out. */
async function wantsToRevoke(request: HttpRequest): Promise<boolean> {
  const form = await readForm(request).catch(() => undefined);
  return form?.get(REVOKE_FIELD) === "true";
}
