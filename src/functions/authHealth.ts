import type { Context } from "../shared/context.ts";
import { logFault } from "../shared/web/answers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";

export const authHealth = (context: Context): HttpFunction => ({
  name: "authHealth",
  methods: ["GET", "HEAD"],
  route: "health",
  authLevel: "anonymous",
  handler: async () => {
    const healthy = await isHealthy(context);
    return json({ status: healthy ? "healthy" : "unhealthy" }, healthy ? 200 : 503);
  },
});

async function isHealthy(context: Context): Promise<boolean> {
  try {
    return await context.isHealthy();
  } catch (error) {
    logFault(context, error);
    return false;
  }
}
