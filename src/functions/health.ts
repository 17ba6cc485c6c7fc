import type { HttpFunction } from "../shared/functions.ts";
import { logFault } from "../shared/http/handlers.ts";
import { json } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";

export const health = (lightsout: Lightsout): HttpFunction => ({
  name: "health",
  methods: ["GET", "HEAD"],
  route: "health",
  authLevel: "anonymous",
  handler: async () => {
    const healthy = await isHealthy(lightsout);
    return json({ status: healthy ? "healthy" : "unhealthy" }, healthy ? 200 : 503);
  },
});

async function isHealthy(lightsout: Lightsout): Promise<boolean> {
  try {
    return await lightsout.isHealthy();
  } catch (error) {
    logFault(lightsout, error);
    return false;
  }
}
