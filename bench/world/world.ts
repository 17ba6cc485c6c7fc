import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Azurite, startAzurite } from "../../local/azurite/azurite.ts";
import type { ServiceUrls } from "./services.ts";
import { BASE_URL, CLIENT_ID, CLIENT_SECRET, sealingKeys } from "./setUp.ts";

/** Everything the app talks to, each in a process of its own. */
export interface World extends ServiceUrls {
  readonly azurite: Azurite;
  /** App settings that connect an app to all of it. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** @param users How many users the tenant has. */
export async function startWorld(users = 1): Promise<World> {
  const azurite = await startAzurite();
  const services = forkModule(new URL("services.ts", import.meta.url), [String(users)]);
  const [urls] = (await once(services, "message")) as [ServiceUrls];
  return {
    azurite,
    ...urls,
    env: {
      APP_BASE_URL: BASE_URL,
      ENTRA_CLIENT_ID: CLIENT_ID,
      ENTRA_TENANT_ID: urls.tenantId,
      ENTRA_AUTHORITY: urls.authority,
      ENTRA_METADATA_URL: urls.metadataUrl,
      ENTRA_CLIENT_SECRET: CLIENT_SECRET,
      GRAPH_BASE_URL: urls.graphUrl,
      TOKEN_CACHE_STORAGE: azurite.connectionString,
      TOKEN_CACHE_KEYS: sealingKeys(),
    },
    async stop() {
      await stopChild(services);
      await azurite.stop();
    },
  };
}

/** Runs a module in a child process that ends with this one. */
export function forkModule(module: URL, args: string[] = [], env = {}): ChildProcess {
  return fork(fileURLToPath(module), args, {
    env: { ...process.env, ...env },
    execArgv: ["--disable-warning=ExperimentalWarning"],
  });
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  if (child.connected) child.disconnect();
  await exited;
}
