import { setTimeout as sleep } from "node:timers/promises";
import { azureSignIn } from "./register-app/azureCli.ts";
import { createGraph } from "./register-app/graph.ts";
import { readOptions, USAGE } from "./register-app/options.ts";
import { registerApp } from "./register-app/register.ts";

const baseUrl = process.env.GRAPH_BASE_URL ?? "https://graph.microsoft.com/v1.0";

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
  } else {
    const { token, tenantId } = await azureSignIn();
    const graph = createGraph({ baseUrl, token });
    const settings = await registerApp(options, { graph, tenantId, say: console.error, sleep });
    if (settings) {
      console.error("For Values in local.settings.json:");
      console.log(JSON.stringify(settings, null, 2));
    }
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
