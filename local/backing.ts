import { join } from "node:path";
import { readRoutePrefix } from "../src/hostJson.ts";
import { startAzurite } from "./azurite/azurite.ts";
import type { FunctionInfo } from "./host/host.ts";
import type { LogLine } from "./host/log.ts";
import { startLive } from "./live/live.ts";
import type { Parts } from "./parts.ts";
import { freePort, isFree } from "./ports.ts";
import type { Place, Screen } from "./screen.ts";
import { loadSecrets, type Secrets } from "./secrets.ts";
import { startServices } from "./services.ts";
import { type AppSettings, DEFAULT_PORT, needsAzurite, portOf } from "./settings.ts";

const PORTS = {
  functions: DEFAULT_PORT,
  tenant: 7072,
  graph: 7073,
  orders: 7076,
  otherApp: 7074,
  live: 7075,
  table: 10002,
};
/** Below the app's folder. */
const TABLES = ".local/azurite";
const SECRETS = ".local/secrets.json";

/** What `lightsout dev` runs the function app against. */
export interface Backing {
  /** Where the function app has to listen. */
  port: number;
  /** App settings, on top of those in the environment and `local.settings.json`. */
  env: Record<string, string>;
  secrets: Secrets;
  /** @param functions Those of the app: with the home page among them, that is where people enter. */
  screen: (functions: readonly Pick<FunctionInfo, "name">[]) => Screen;
  /** Also gets the log of the functions. */
  onLog?: (line: LogLine) => void;
}

/** An app to run. */
export interface App {
  /** Its folder. */
  readonly root: string;
  /** As its host will see them. */
  readonly settings: AppSettings;
  /** Where it has to listen; undefined for the usual place. */
  readonly port: number | undefined;
}

/**
 * All on this machine: a tenant, a Graph, a second app and a table store.
 * @throws Error the port that was asked for is taken
 */
export async function developmentTenant(
  parts: Parts,
  { root, port: wanted }: App,
): Promise<Backing> {
  const secrets = await loadSecrets(join(root, SECRETS));
  if (wanted !== undefined && !(await isFree(wanted))) {
    throw new Error(`Port ${wanted} is taken. Stop what listens there, or choose another one.`);
  }
  const port = wanted ?? (await freePort(PORTS.functions));
  const baseUrl = `http://localhost:${port}${readRoutePrefix(root, process.env)}`;
  const ports = {
    table: PORTS.table,
    tenant: await freePort(PORTS.tenant),
    graph: await freePort(PORTS.graph),
    orders: await freePort(PORTS.orders),
    otherApp: await freePort(PORTS.otherApp),
  };
  const entrance = { url: baseUrl };
  const { azurite, tenant, graph, orders, otherApp, env } = await parts.add(
    startServices({
      baseUrl,
      entrance,
      secrets,
      ports,
      tables: join(root, TABLES),
      // As in a registration. The user has to consent to anything else.
      consentedScopes: ["User.Read"],
    }),
  );
  const live = await parts.add(
    startLive({
      ...{ azurite, tenant, graph, otherApp, lightsout: entrance },
      port: await freePort(PORTS.live),
    }),
  );
  return {
    port,
    env,
    secrets,
    onLog: live.log,
    screen(functions) {
      const { home, signIn } = waysInto(baseUrl, functions);
      entrance.url = home;
      return {
        title: "Lightsout is running",
        places: [
          { name: "Lightsout", url: home },
          { name: "Fabrikam Travel", url: otherApp.url, note: "another app, to sign out from" },
          { name: "Live", url: live.url, note: "who holds what, while you do" },
          { name: "Dev tenant", url: tenant.url, note: "its accounts and switches" },
          { name: "Microsoft Graph", url: graph.url, note: "a stand-in, for programs" },
          { name: "Orders", url: orders.url, note: "an example of another API, for programs" },
          tableStore(azurite.tableUrl),
        ],
        steps: [
          `Open ${signIn}: any account, no password.`,
          "Open Fabrikam Travel, sign in there too, and sign out everywhere.",
          "Back in Lightsout you are signed out, and every token it held for you is gone.",
        ],
      };
    },
  };
}

/**
 * The tenant that the settings name. A table store is started if they name none.
 * @throws Error when the port that its app registration redirects to is taken
 */
export async function ownTenant(
  parts: Parts,
  { root, settings, port: wanted }: App,
): Promise<Backing> {
  const port = wanted ?? portOf(settings);
  if (!(await isFree(port))) {
    throw new Error(
      `Port ${port} is taken, and your app registration redirects to it. Stop what listens there, or set APP_BASE_URL.`,
    );
  }
  const secrets = await loadSecrets(join(root, SECRETS));
  const { APP_BASE_URL, ENTRA_AUTHORITY, ENTRA_TENANT_ID, ENTRA_CLIENT_ID, TOKEN_CACHE_KEYS } =
    settings;
  const prefix = readRoutePrefix(root, settings);
  const baseUrl = APP_BASE_URL?.trim() || `http://localhost:${port}${prefix}`;
  const env: Record<string, string> = { AzureWebJobsDisableHomepage: "true" };
  const places: Place[] = [
    {
      name: "Microsoft Entra ID",
      url: ENTRA_AUTHORITY?.trim() || `https://login.microsoftonline.com/${ENTRA_TENANT_ID ?? ""}`,
      note: `client ${ENTRA_CLIENT_ID}`,
    },
  ];
  if (needsAzurite(settings)) {
    const azurite = await parts.add(
      startAzurite({ port: PORTS.table, location: join(root, TABLES) }),
    );
    env.TOKEN_CACHE_STORAGE = azurite.connectionString;
    env.TOKEN_CACHE_KEYS = TOKEN_CACHE_KEYS?.trim() || secrets.tokenCacheKeys;
    places.push(tableStore(azurite.tableUrl));
  }
  return {
    port,
    env,
    secrets,
    screen(functions) {
      const { home, signIn } = waysInto(baseUrl, functions);
      return {
        title: "Lightsout is running against your tenant",
        places: [{ name: "Lightsout", url: home }, ...places],
        steps: [
          ...(baseUrl.startsWith("https:") ? [] : [TUNNEL]),
          `Open ${signIn}, and sign in with an account of your tenant.`,
          "Sign out in another app of the same browser, such as https://myapps.microsoft.com.",
          "Back in Lightsout you are signed out, and every token it held for you is gone.",
        ],
      };
    },
  };
}

const TUNNEL =
  "Entra calls https addresses only: put a tunnel in front, set APP_BASE_URL to its address, and start again.";

/** Where people enter an app, and where they sign in. Without our home page, nobody knows what is at `/`. */
function waysInto(baseUrl: string, functions: readonly Pick<FunctionInfo, "name">[]) {
  const has = (name: string) => functions.some((one) => one.name === name);
  const signIn = `${baseUrl}/auth/signin`;
  if (has("authHome")) return { home: baseUrl, signIn };
  // It sends people to sign-in and back.
  const home = has("authSessions") ? `${baseUrl}/auth/sessions` : signIn;
  return { home, signIn: home };
}

function tableStore(url: string): Place {
  return { name: "Table store", url, note: `Azurite, for programs, in ${TABLES}` };
}
