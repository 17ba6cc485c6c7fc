import { app } from "@azure/functions";
import { lightsout } from "../app.ts";
import { purge } from "../shared/store/purge.ts";

/** Every hour, seven minutes past: what expired before today is removed. */
app.timer("purgeExpired", {
  schedule: "0 7 * * * *",
  handler: async () => {
    await purge(lightsout.store);
  },
});
