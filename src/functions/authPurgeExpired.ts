import type { SignOutContext } from "../shared/context.ts";
import { purge } from "../shared/store/purge.ts";
import type { TimerFunction } from "../shared/web/httpFunction.ts";

/** Every hour, at seven minutes past: removes what expired before today. */
export const authPurgeExpired = (context: SignOutContext): TimerFunction => ({
  name: "authPurgeExpired",
  schedule: "0 7 * * * *",
  handler: async () => {
    await purge(context.store);
  },
});
