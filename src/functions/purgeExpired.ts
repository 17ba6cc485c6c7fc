import type { TimerFunction } from "../shared/functions.ts";
import type { SigningOut } from "../shared/lightsout.ts";
import { purge } from "../shared/store/purge.ts";

/** Every hour, seven minutes past: what expired before today is removed. */
export const purgeExpired = (lightsout: SigningOut): TimerFunction => ({
  name: "purgeExpired",
  schedule: "0 7 * * * *",
  handler: async () => {
    await purge(lightsout.store);
  },
});
