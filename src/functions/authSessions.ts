import { SignedOut } from "../shared/base/errors.ts";
import type { Lightsout } from "../shared/context.ts";
import { sessionOf, webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { sessionsPage } from "../shared/web/pages/sessionsPage.ts";
import { page } from "../shared/web/responses.ts";

/** For people: where they are signed in. */
export const authSessions = (lightsout: Lightsout): HttpFunction => ({
  name: "authSessions",
  methods: ["GET"],
  route: "auth/sessions",
  authLevel: "anonymous",
  handler: webPage(lightsout, async (request) => {
    const session = await sessionOf(lightsout, request);
    if (session === undefined) throw new SignedOut();
    const { settings, store } = lightsout;
    const { username } = session.account;
    return page(settings, sessionsPage(session, username, session.list(), store.now()));
  }),
});
