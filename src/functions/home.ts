import type { HttpFunction } from "../shared/functions.ts";
import { readProfile } from "../shared/graph/profile.ts";
import { sessionOf, webPage } from "../shared/http/handlers.ts";
import { page } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";
import { signedInHome, signedOutHome } from "../shared/pages/homePage.ts";

export const home = (lightsout: Lightsout): HttpFunction => ({
  name: "home",
  methods: ["GET"],
  route: "{ignored:maxlength(0)?}",
  authLevel: "anonymous",
  handler: webPage(lightsout, async (request) => {
    const { settings } = lightsout;
    const otherApp = settings.demoOtherAppUrl;
    const session = await sessionOf(lightsout, request);
    if (session === undefined) return page(settings, signedOutHome(otherApp));
    const { name, username } = session.account;
    const profile = await readProfile(lightsout, session);
    const expiresAt = new Date(session.expiresAt).toISOString();
    return page(settings, signedInHome({ session, name, username, profile, expiresAt, otherApp }));
  }),
});
