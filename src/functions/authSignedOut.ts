import type { SignOutContext } from "../shared/context.ts";
import { readRevocation, revocationCookie } from "../shared/session/revocationCookie.ts";
import { readSessionCookie } from "../shared/session/sessionCookie.ts";
import { readSession } from "../shared/store/accounts.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { signedOutPage } from "../shared/web/pages/signedOutPage.ts";
import { page, redirect } from "../shared/web/responses.ts";
import { viewOf } from "../shared/web/view.ts";

/** Where a sign-out ends (the registered post-logout redirect URI), and where a page leads that finds its session gone. */
export const authSignedOut = (context: SignOutContext): HttpFunction => ({
  name: "authSignedOut",
  methods: ["GET"],
  route: "auth/signed-out",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const { settings, keyring, store } = context;
    const ticket = readSessionCookie(keyring, request);
    const isSignedIn = ticket && (await readSession(store, ticket)) !== undefined;
    const revocation = readRevocation(keyring, request);
    const cookies = revocation ? [revocationCookie(keyring, undefined)] : [];
    // Somebody has signed in since: nobody is told what is not so.
    if (isSignedIn) return redirect(302, settings.origin + settings.home, cookies);
    return { ...page(settings, signedOutPage(viewOf(context, request), revocation)), cookies };
  }),
});
