import { app } from "@azure/functions";
import { lightsout } from "../app.ts";
import { createHealthCheck } from "../shared/health.ts";
import { json } from "../shared/http/responses.ts";

const isHealthy = createHealthCheck(lightsout.store);

app.http("health", {
  methods: ["GET", "HEAD"],
  route: "health",
  authLevel: "anonymous",
  handler: async () => {
    const healthy = await isHealthy();
    return json({ status: healthy ? "healthy" : "unhealthy" }, healthy ? 200 : 503);
  },
});
