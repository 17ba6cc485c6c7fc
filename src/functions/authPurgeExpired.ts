import type { SignOutContext } from "../shared/context.ts";
import { purge } from "../shared/store/purge.ts";
import type { TimerFunction } from "../shared/web/httpFunction.ts";

/** Removes what expired before today, four times an hour: hourly runs would not keep up with a million accounts. */
export const authPurgeExpired = (context: SignOutContext): TimerFunction => ({
  name: "authPurgeExpired",
  schedule: "0 7,22,37,52 * * * *",
  handler: async () => {
    await purge(context.store);
  },
});
