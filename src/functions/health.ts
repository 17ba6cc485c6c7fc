import type { HttpFunction } from "../shared/functions.ts";
import { json } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";

export const health = (lightsout: Lightsout): HttpFunction => ({
  name: "health",
  methods: ["GET", "HEAD"],
  route: "health",
  authLevel: "anonymous",
  handler: async () => {
    const healthy = await lightsout.isHealthy();
    return json({ status: healthy ? "healthy" : "unhealthy" }, healthy ? 200 : 503);
  },
});
