import { InteractionRequired, LightsoutError, SessionIdle } from "../shared/base/errors.ts";
import type { Context } from "../shared/context.ts";
import { sessionOf } from "../shared/web/admission.ts";
import { withoutIdleSession } from "../shared/web/answers.ts";
import { api } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";
import { signInUrl } from "../shared/web/signInUrl.ts";

/** For scripts: who is signed in. Signed out is an answer, not an error. */
export const authSession = (context: Context): HttpFunction => ({
  name: "authSession",
  methods: ["GET"],
  route: "auth/session",
  authLevel: "anonymous",
  handler: api(context, async (request) => {
    const { baseUrl } = context.settings;
    const session = await sessionOf(context, request).catch(signedOutBy);
    if (session === undefined || session instanceof LightsoutError) {
      const signIn =
        session instanceof InteractionRequired ? session : { scopes: [], claims: undefined };
      const answer = json({ signedIn: false, signInUrl: signInUrl(baseUrl, signIn) });
      return withoutIdleSession(context, request, session, answer);
    }
    return json({
      signedIn: true,
      account: session.account,
      signedInAt: new Date(session.signedInAt).toISOString(),
      expiresAt: new Date(session.expiresAt).toISOString(),
      signOutUrl: `${baseUrl}/auth/signout`,
    });
  }),
});

/** For a script, a user who has to sign in again counts as signed out. */
function signedOutBy(error: unknown): LightsoutError {
  if (error instanceof SessionIdle || error instanceof InteractionRequired) return error;
  throw error;
}
