import type { Context } from "../shared/context.ts";
import { startSignIn } from "../shared/flows/startSignIn.ts";
import { considerAccount } from "../shared/flows/switchAccount.ts";
import { assertOwnIssuer, initiatedLogin } from "../shared/flows/thirdPartyLogin.ts";
import { readForm, readQuery } from "../shared/http/form.ts";
import { returnPath } from "../shared/http/returnPath.ts";
import { assertOpened } from "../shared/http/sameOrigin.ts";
import { signInOptions, signInQuery } from "../shared/http/signInOptions.ts";
import { webPage } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { switchAccountPage } from "../shared/web/pages/switchAccountPage.ts";
import { page, redirect } from "../shared/web/responses.ts";
import { viewOf } from "../shared/web/view.ts";

/** Starts a sign-in. Another site may initiate one by a post, which a redirect turns into a GET with the session's cookie. */
export const authSignIn = (context: Context): HttpFunction => ({
  name: "authSignIn",
  methods: ["GET", "POST"],
  route: "auth/signin",
  authLevel: "anonymous",
  handler: webPage(context, async (request) => {
    const { settings } = context;
    assertOpened(request);
    if (request.method === "POST") {
      return redirect(303, await initiatedLogin(context, await readForm(request)));
    }
    const query = readQuery(request);
    const asked = signInOptions(query);
    await assertOwnIssuer(context, asked.issuer);
    const agreement = query.get("agreement") ?? "";
    const considered = await considerAccount(context, request, asked, agreement);
    if (!("options" in considered)) {
      const again = signInQuery(query);
      again.set("agreement", considered.agreement);
      const stay = returnPath(asked.returnTo, settings);
      const { session } = considered;
      const { username } = session.account;
      const view = viewOf(context, request);
      return page(settings, switchAccountPage(view, session, username, `?${again}`, stay));
    }
    const { location, cookies } = await startSignIn(context, request, considered.options);
    return redirect(302, location, cookies);
  }),
});
