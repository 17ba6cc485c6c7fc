import type { Guide } from "../guide.ts";
import type { Call } from "../shared/apis/permissions.ts";
import { type Profile, readProfile } from "../shared/apis/profile.ts";
import { SessionIdle } from "../shared/base/errors.ts";
import type { Context } from "../shared/context.ts";
import type { SignedInSession } from "../shared/session/session.ts";
import { cookiesOfUse, sessionOf } from "../shared/web/admission.ts";
import { logFault, withoutIdleSession } from "../shared/web/answers.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { signedInHome, signedOutHome } from "../shared/web/pages/homePage.ts";
import { statusOf } from "../shared/web/problem.ts";
import { page } from "../shared/web/responses.ts";
import { viewOf } from "../shared/web/view.ts";

/**
 * The home page: who is signed in, and the way in and out.
 *
 * @param guide What it says besides.
 */
export const authHome = (
  context: Context,
  permissions: readonly Call[] = [],
  guide?: Guide,
): HttpFunction => ({
  name: "authHome",
  methods: ["GET"],
  route: "{ignored:maxlength(0)?}",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const { settings } = context;
    const hasPhoto = permissions.some(({ path }) => path === "me/photo/$value");
    const view = viewOf(context, request);
    const session = await sessionOf(context, request).catch(signedOutBy);
    if (session === undefined || session instanceof SessionIdle) {
      const answer = page(settings, signedOutHome(view, guide?.(view, false)));
      return withoutIdleSession(context, request, session, answer);
    }
    const { name, username } = session.account;
    const profile = await profileOf(context, session);
    const aside = guide?.(view, true);
    const home = signedInHome(view, { session, name, username, profile, hasPhoto, aside });
    return { ...page(settings, home), cookies: cookiesOfUse(context, request, session) };
  }),
});

function signedOutBy(error: unknown): SessionIdle {
  if (error instanceof SessionIdle) return error;
  throw error;
}

/** During an outage of Graph, the page goes without the profile. */
async function profileOf(context: Context, session: SignedInSession): Promise<Profile | undefined> {
  try {
    return await readProfile(context, session);
  } catch (error) {
    if (statusOf(error) < 500) throw error;
    logFault(context, error);
    return undefined;
  }
}
