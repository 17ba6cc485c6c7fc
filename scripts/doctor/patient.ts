import { type FunctionInfo, listFunctions } from "../../local/host/host.ts";
import { SERVER } from "../../local/tenant/http.ts";
import { createEnvironment } from "../../src/compose.ts";
import { readRoutePrefix } from "../../src/hostJson.ts";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import { cloudOf } from "../../src/shared/config/cloud.ts";
import { type Env, isLoopback } from "../../src/shared/config/env.ts";
import { readSettings, type Settings } from "../../src/shared/config/settings.ts";
import { type Context, createContext } from "../../src/shared/context.ts";
import { createMetadataSource, type ProviderMetadata } from "../../src/shared/identity/metadata.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { retrying, type TableRequests } from "../../src/shared/table/retrying.ts";
import { send } from "../send.ts";
import { type Directory, readRegistration } from "./registration.ts";
import { type Rehearsal, rehearse } from "./rehearsal.ts";
import { ask, once, reachable } from "./web.ts";

/** Which registration at which provider. */
export type Client = Pick<Settings, "clientId" | "tenant" | "authority" | "metadataUrl">;

/** What the checks look at. A part that takes a request is fetched when it is first needed. */
export interface Patient {
  /** Where the settings come from. Undefined for an app looked at from outside. */
  readonly source: string | undefined;
  /** The folder of the app's `host.json`. */
  readonly root: string;
  /** The app settings. */
  readonly env: Env;
  readonly settingsFault: SettingInvalid | undefined;
  /** The app's public origin. Undefined if the settings do not name it. */
  readonly baseUrl: string | undefined;
  readonly client: Client | undefined;
  /** The app, made in this process from its settings. */
  readonly context: Context | undefined;
  /** All functions that the app registers. @throws Error One line that says why it cannot be loaded. */
  functions(): Promise<readonly FunctionInfo[]>;
  /** Whether the provider is on this machine, the development tenant or another. */
  readonly isLocal: boolean;
  isDevelopment(): Promise<boolean>;
  /** @throws {ProviderUnavailable} */
  metadata(): Promise<ProviderMetadata>;
  /** @throws {RegistrationMissing} @throws Error One line that says why it cannot be read. */
  directory(): Promise<Directory>;
  /** @returns undefined if a sign-in takes a password. @throws Error It failed. */
  rehearsal(): Promise<Rehearsal | undefined>;
}

const environment = createEnvironment(process.env, { send });

/** An app by its settings, in that folder. */
export function patientOf(
  { settings: env, source }: { settings: Env; source: string },
  root = process.cwd(),
): Patient {
  const functions = once(() => listFunctions(root, env));
  let settings: Settings;
  let requests: TableRequests;
  try {
    settings = readSettings(env, { prefix: readRoutePrefix(root, env), home: "/" });
    requests = azureTable(settings.storage, send, environment.managedIdentity, "report");
  } catch (error) {
    if (!(error instanceof SettingInvalid)) throw error;
    return { source, root, env, settingsFault: error, ...NOTHING_KNOWN, functions };
  }
  const context = createContext(settings, {
    ...environment,
    table: retrying(requests, { delays: [200], maxDelay: 1_000, sleep: environment.sleep }),
  });
  const metadata = createMetadataSource(settings, send, Date.now, ANY_ISSUER);
  const provider = providerAt(settings.metadataUrl);
  return {
    source,
    root,
    env,
    settingsFault: undefined,
    baseUrl: settings.baseUrl,
    client: settings,
    context,
    ...provider,
    functions,
    metadata: () => metadata.get(),
    directory: once(() => directoryOf(settings, settings.graphBaseUrl, provider.isLocal)),
    rehearsal: once(async () =>
      (await provider.isDevelopment()) ? await rehearse(context) : undefined,
    ),
  };
}

/** The doctor also reads metadata that the app would refuse. */
const ANY_ISSUER = () => true;

/**
 * An app from outside. The address of its sign-in names its registration.
 * @param graphBaseUrl Default: that of the cloud of the sign-in.
 */
export async function patientAt(
  baseUrl: string,
  graphBaseUrl: string | undefined,
): Promise<Patient> {
  const { location } = await ask(`${baseUrl}/auth/signin`).catch(() => ({ location: undefined }));
  const client = location === undefined ? undefined : clientIn(new URL(location));
  const nothing = {
    ...NOTHING_KNOWN,
    source: undefined,
    root: process.cwd(),
    env: {},
    settingsFault: undefined,
  };
  if (client === undefined) return { ...nothing, baseUrl };
  const { metadataUrl, authority } = client;
  const graph = graphBaseUrl ?? `${cloudOf(authority).graph}/v1.0`;
  const metadata = createMetadataSource(client, send, Date.now, ANY_ISSUER);
  const provider = providerAt(metadataUrl);
  return {
    ...nothing,
    ...provider,
    baseUrl,
    client,
    metadata: () => metadata.get(),
    directory: once(() => directoryOf(client, graph, provider.isLocal)),
  };
}

/** The registration that an authorization request of Microsoft Entra ID names. */
function clientIn(authorization: URL): Client | undefined {
  const { origin, pathname, searchParams } = authorization;
  const [, path, tenant] =
    /^((?:\/[^/]+)*\/([^/]+))\/oauth2\/v2\.0\/authorize$/.exec(pathname) ?? [];
  const clientId = searchParams.get("client_id");
  if (path === undefined || tenant === undefined || clientId === null) return undefined;
  const authority = origin + path;
  const metadataUrl = reachable(`${authority}/v2.0/.well-known/openid-configuration`);
  return { clientId, tenant, authority, metadataUrl };
}

function providerAt(metadataUrl: string): Pick<Patient, "isLocal" | "isDevelopment"> {
  const isLocal = isLoopback(new URL(metadataUrl));
  const asked = once(() => ask(metadataUrl).catch(() => undefined));
  return {
    isLocal,
    isDevelopment: async () => isLocal && (await asked())?.headers.get("server") === SERVER,
  };
}

const NO_DIRECTORY = new Error("a provider on this machine has no directory to look into");
const NOT_KNOWN = new Error("it is not known which registration the app has");

async function directoryOf(client: Client, graphBaseUrl: string, isLocal: boolean) {
  if (isLocal) throw NO_DIRECTORY;
  return await readRegistration(client, graphBaseUrl);
}

const NOTHING_KNOWN = {
  baseUrl: undefined,
  client: undefined,
  context: undefined,
  functions: () => Promise.reject(NOT_KNOWN),
  isLocal: false,
  isDevelopment: async () => false,
  metadata: () => Promise.reject(NOT_KNOWN),
  directory: () => Promise.reject(NOT_KNOWN),
  rehearsal: async () => undefined,
};
