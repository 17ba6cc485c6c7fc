import { app } from "@azure/functions";
import { lightsout } from "../app.ts";
import { logFault } from "../shared/http/handlers.ts";
import { framed } from "../shared/http/responses.ts";
import { frontChannelSid } from "../shared/identity/frontChannel.ts";
import { signOutElsewhere } from "../shared/signOut.ts";

/**
 * The front-channel logout URL of the app registration. The provider opens it in a hidden frame when the
 * user signs out of any app; no cookie comes with it, so the `sid` has to be enough.
 */
app.http("authLogoutCallback", {
  methods: ["GET"],
  route: "auth/logout-callback",
  authLevel: "anonymous",
  handler: async (request) => {
    const { settings, store } = lightsout;
    try {
      const sid = await sidOf(new URL(request.url).searchParams);
      if (sid !== undefined) await signOutElsewhere(store, sid);
      return framed(settings, 200, "Signed out.");
    } catch (error) {
      logFault(lightsout, error);
      // The provider never calls again, but the browser does: it reloads the frame.
      return framed(settings, 503, "Not signed out yet. Trying again.", { Refresh: "2" });
    }
  },
});

/**
 * Nothing is fetched while the provider's frame waits, but for an issuer that only the metadata can tell
 * from a wrong one: an instance that has just started may not have it yet.
 */
async function sidOf(query: URLSearchParams): Promise<string | undefined> {
  const { settings, metadata } = lightsout;
  const known = metadata.peek();
  const sid = frontChannelSid(query, settings, known);
  const undecided = sid === undefined && known === undefined && query.has("iss");
  return undecided ? frontChannelSid(query, settings, await metadata.get()) : sid;
}
