import { readRoutePrefix } from "../src/hostJson.ts";
import { type FunctionsHost, type HostOptions, startHost } from "./host/host.ts";
import { Parts } from "./parts.ts";
import { freePort } from "./ports.ts";
import { ROOT } from "./root.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import { type ServicePorts, type Services, startServices } from "./services.ts";

export interface RigOptions {
  ports?: ServicePorts & { functions?: number };
  /** The app's public origin, if a proxy is in front of it. Default: the host's own. */
  baseUrl?: string;
  /** The same for the tenant, and for the second app. */
  tenantUrl?: string;
  otherAppUrl?: string;
  /** Default: new ones. */
  secrets?: Secrets;
  /** Folder that keeps the tables; in memory without it. */
  tables?: string;
  /** App settings on top of, or instead of, the rig's. */
  env?: Record<string, string>;
  /** Folder of the function app. Default: this checkout, whose bundle has to be built. */
  root?: string;
  timers?: boolean;
  onLog?: NonNullable<HostOptions["onLog"]>;
}

/** The function app and everything it talks to, on this machine. */
export interface Rig extends Services {
  /** The app's public origin, with the route prefix of its host.json. */
  url: string;
  host: FunctionsHost;
  /** Another instance of the app, or of the one in `root`, on the same store and behind the same public origin. */
  startHost(
    options?: Partial<Pick<HostOptions, "root">> & Pick<HostOptions, "port" | "env" | "onLog">,
  ): Promise<FunctionsHost>;
}

/**
 * Starts all of it.
 * @throws Error What did not start, and why. Nothing is left running.
 */
export async function startRig(options: RigOptions = {}): Promise<Rig> {
  const { ports = {}, secrets = createSecrets(), timers = false, onLog } = options;
  const port = await freePort(ports.functions);
  const { root = ROOT } = options;
  const url = (options.baseUrl ?? `http://localhost:${port}`) + readRoutePrefix(root, {});
  const parts = new Parts();
  try {
    const services = await parts.add(startServices({ ...options, baseUrl: url, secrets, ports }));
    const env = { ...services.env, ...options.env };
    const startAnother: Rig["startHost"] = ({ env: own, ...rest } = {}) =>
      parts.add(
        startHost({
          root,
          keys: secrets.hostKeys,
          timers,
          ...(onLog && { onLog }),
          ...rest,
          env: { ...env, ...own },
        }),
      );
    const host = await startAnother({ port });
    return { ...services, env, url, host, startHost: startAnother, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}
