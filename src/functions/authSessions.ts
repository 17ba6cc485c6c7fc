import { SignedOut } from "../shared/base/errors.ts";
import type { Context } from "../shared/context.ts";
import { sessionOf } from "../shared/web/admission.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { sessionsPage } from "../shared/web/pages/sessionsPage.ts";
import { page } from "../shared/web/responses.ts";
import { viewOf } from "../shared/web/view.ts";

/** The page that says where the user is signed in. @param revokes Whether its sign-out can ask Microsoft too. */
export const authSessions = (context: Context, revokes = false): HttpFunction => ({
  name: "authSessions",
  methods: ["GET"],
  route: "auth/sessions",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const session = await sessionOf(context, request);
    if (session === undefined) throw new SignedOut();
    const { settings, now } = context;
    const { username } = session.account;
    return page(
      settings,
      sessionsPage(viewOf(context, request), session, username, session.list(), now(), revokes),
    );
  }),
});
