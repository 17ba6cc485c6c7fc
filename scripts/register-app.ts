import { setTimeout as sleep } from "node:timers/promises";
import { azureCloud, azureSignIn } from "./register-app/azureCli.ts";
import { createGraph } from "./register-app/graph.ts";
import { readOptions, USAGE } from "./register-app/options.ts";
import { registerApp } from "./register-app/register.ts";

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    console.log(USAGE);
  } else {
    const cloud = await azureCloud();
    const { token, tenantId } = await azureSignIn();
    const baseUrl = process.env.GRAPH_BASE_URL ?? `${cloud.graph}/v1.0`;
    const graph = createGraph({ baseUrl, token });
    const tools = { graph, cloud, tenantId, say: console.error, sleep };
    const settings = await registerApp(options, tools);
    if (settings) {
      console.error("For Values in local.settings.json:");
      console.log(JSON.stringify(settings, null, 2));
    }
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
