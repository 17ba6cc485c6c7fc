import { SignedOut } from "../shared/errors.ts";
import type { HttpFunction } from "../shared/functions.ts";
import { sessionOf, webPage } from "../shared/http/handlers.ts";
import { page } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";
import { sessionsPage } from "../shared/pages/sessionsPage.ts";

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
