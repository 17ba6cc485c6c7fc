import { forwardToGraph } from "../../src/shared/graph/graph.ts";
import { readQuery } from "../../src/shared/http/form.ts";
import { signedIn, webPage } from "../../src/shared/http/handlers.ts";
import { framed, privately, redirect } from "../../src/shared/http/responses.ts";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";
import type { HttpRequest } from "../../src/shared/http/types.ts";
import { endSessionUrl } from "../../src/shared/identity/endSession.ts";
import { readFrontChannelCall } from "../../src/shared/identity/frontChannel.ts";
import type { Lightsout } from "../../src/shared/lightsout.ts";
import { noSessionCookie, readSessionCookie } from "../../src/shared/session/sessionCookie.ts";
import { finishSignIn } from "../../src/shared/signIn.ts";
import { startSignIn } from "../../src/shared/startSignIn.ts";

/** What src/functions registers, without the Functions host. */
export function handlersOf(app: Lightsout) {
  const { settings, store, metadata, signOuts } = app;
  return {
    signIn: webPage(app, async (request) => {
      const options = signInOptions(readQuery(request));
      const { location, cookies } = await startSignIn(app, request, options);
      return redirect(302, location, cookies);
    }),
    callback: webPage(app, async (request) => {
      const { location, cookies } = await finishSignIn(app, request);
      return redirect(303, location, cookies);
    }),
    graph: signedIn(app, async (request, session) =>
      privately(await forwardToGraph(app, request, session)),
    ),
    signOut: webPage(app, async (request) => {
      const ticket = readSessionCookie(store.keyring, request);
      if (ticket) await signOuts.here(ticket);
      const home = `${settings.baseUrl}/`;
      const next = await endSessionUrl(metadata, settings, home, ticket?.logoutHint);
      return redirect(303, next, [noSessionCookie()]);
    }),
    logoutCallback: async (request: HttpRequest) => {
      const call = await readFrontChannelCall(new URL(request.url).search, settings, metadata);
      if ("sids" in call) await Promise.all(call.sids.map(signOuts.elsewhere));
      return framed(settings, metadata.peek(), 200, "Signed out.");
    },
  };
}
