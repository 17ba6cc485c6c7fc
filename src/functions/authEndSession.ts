import { BadRequest } from "../shared/base/errors.ts";
import type { SignOutContext } from "../shared/context.ts";
import { readForm } from "../shared/http/form.ts";
import { assertSameOrigin } from "../shared/http/sameOrigin.ts";
import { isSessionKey, sessionKey } from "../shared/rows/keys.ts";
import { noSessionCookie, readSessionCookie } from "../shared/session/sessionCookie.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { redirect } from "../shared/web/responses.ts";

/** Ends the session that a button of the sessions page was shown for, and no other. */
export const authEndSession = (context: SignOutContext): HttpFunction => ({
  name: "authEndSession",
  methods: ["POST"],
  route: "auth/sessions/end",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const { settings, keyring, signOuts } = context;
    assertSameOrigin(request, settings.origin);
    const key = (await readForm(request)).get("session") ?? "";
    if (!isSessionKey(key)) throw new BadRequest((say) => say.malformedParameter("session"));

    const ticket = readSessionCookie(keyring, request);
    if (ticket) await signOuts.ofSession(ticket, key);
    if (ticket && key !== sessionKey(ticket.sessionId)) {
      return redirect(303, `${settings.baseUrl}/auth/sessions`);
    }
    const cookies = noSessionCookie(keyring, request, ticket);
    return redirect(303, `${settings.baseUrl}/auth/signed-out`, cookies);
  }),
});
