import type { Lightsout } from "../shared/context.ts";
import { logFault } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";

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
