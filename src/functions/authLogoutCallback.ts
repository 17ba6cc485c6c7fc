import type { SignOutContext } from "../shared/context.ts";
import { readFrontChannelCall } from "../shared/identity/frontChannel.ts";
import { logFault } from "../shared/web/answers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { framed } from "../shared/web/responses.ts";

/**
 * The front-channel logout URL of the app registration. The provider opens it in a hidden frame when the user signs out of
 * any app. No cookie comes along, so the `sid` has to be enough.
 */
export const authLogoutCallback = (context: SignOutContext): HttpFunction => ({
  name: "authLogoutCallback",
  methods: ["GET"],
  route: "auth/logout-callback",
  authLevel: "anonymous",
  handler: async (request) => {
    const { settings, metadata, signOuts, dampedLog: log } = context;
    try {
      // Read first: without a store, this throws for every call, also for one that would sign nobody out.
      const { byFrontChannel } = signOuts;
      const call = await readFrontChannelCall(new URL(request.url).search, settings, metadata);
      if ("ignored" in call) log("warn", "signout.ignored", { reason: call.ignored });
      else await Promise.all(call.sids.map(byFrontChannel));
      return framed(settings, metadata.peek(), 200, "Signed out.");
    } catch (error) {
      logFault(context, error);
      // The provider never calls again. The browser reloads the frame, as long as the provider's page is there.
      return framed(settings, metadata.peek(), 503, "Not signed out yet. Trying again.", {
        Refresh: "2",
      });
    }
  },
});
