import { applicationFor, PERMISSIONS_SOURCE } from "./application.ts";
import { changesTo, everythingIn, type StoredApplication } from "./changes.ts";
import { type Home, planCredential } from "./credential.ts";
import { type Graph, GraphRefused } from "./graph.ts";
import type { Options } from "./options.ts";

export interface Tools extends Home {
  readonly graph: Graph;
  /** One line for people. */
  readonly say: (line: string) => void;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

const FIELDS = "id,appId,displayName,signInAudience,web,optionalClaims,requiredResourceAccess";
/** Milliseconds. Replicas of the directory learn of a new object one after the other. */
const DELAYS = [1_000, 2_000, 4_000, 8_000];

/**
 * Makes the registration, or adds what is missing. A second run finds nothing to do.
 *
 * @returns its app settings; undefined after a dry run.
 * @throws {GraphRefused}
 */
export async function registerApp(
  options: Options,
  tools: Tools,
): Promise<Record<string, string> | undefined> {
  const { baseUrl, displayName } = options;
  const { graph, cloud, tenantId, say } = tools;
  const wanted = applicationFor(displayName, baseUrl);

  let stored = await find(graph, options);
  const { patch, lines } = stored
    ? changesTo(stored, wanted)
    : { patch: wanted, lines: everythingIn(wanted) };
  const credential =
    options.credential && (await planCredential(graph, options.credential, tools, stored?.id));

  const all = credential?.line ? [...lines, credential.line] : lines;
  const verb = stored ? (all.length > 0 ? "Adding to" : "Nothing is missing in") : "Making";
  say(`${verb} the registration ${stored?.displayName ?? displayName} (tenant ${tenantId})`);
  for (const line of all) say(`  ${line}`);
  say(`Permissions of Microsoft Graph: ${PERMISSIONS_SOURCE}`);
  if (wanted.web.logoutUrl === null) {
    say(
      "Without https there is no front-channel logout URL: sign-outs in other apps are not noticed.",
    );
  }
  if (options.dryRun) return undefined;

  const isNew = stored === undefined;
  if (stored === undefined) stored = await make(graph, options.uniqueName, wanted);
  else if (lines.length > 0) await graph.send("PATCH", `/applications/${stored.id}`, patch);

  const { id, appId } = stored;
  const retrying = <T>(task: () => Promise<T>) => (isNew ? untilKnown(task, tools) : task());
  await retrying(() => ensureServicePrincipal(graph, appId));
  const setting = credential && (await retrying(() => credential.apply(id)));
  return {
    APP_BASE_URL: baseUrl,
    ENTRA_CLIENT_ID: appId,
    ENTRA_TENANT_ID: tenantId,
    ...(cloud.isNational && { ENTRA_AUTHORITY: `https://${cloud.authorityHosts[0]}/${tenantId}` }),
    ...setting,
  };
}

async function find(graph: Graph, options: Options): Promise<StoredApplication | undefined> {
  const { clientId, uniqueName } = options;
  const key = clientId ? `appId='${clientId}'` : `uniqueName='${encodeURIComponent(uniqueName)}'`;
  const found = await graph.get<StoredApplication>(`/applications(${key})?$select=${FIELDS}`);
  if (!found && clientId)
    throw new Error(`The tenant has no registration with the client id ${clientId}.`);
  return found;
}

/** By its unique name and not with POST, so that two runs at once make one registration. */
async function make(graph: Graph, uniqueName: string, wanted: object): Promise<StoredApplication> {
  const path = `/applications(uniqueName='${encodeURIComponent(uniqueName)}')`;
  const made = await graph.send<StoredApplication | undefined>(
    "PATCH",
    path,
    wanted,
    "create-if-missing",
  );
  const application = made ?? (await graph.get<StoredApplication>(`${path}?$select=${FIELDS}`));
  if (!application)
    throw new Error("Microsoft Graph made the registration but does not find it. Try again.");
  return application;
}

/** The service principal in the tenant. Without it nobody can sign in. */
async function ensureServicePrincipal(graph: Graph, appId: string): Promise<void> {
  if (await graph.get(`/servicePrincipals(appId='${appId}')?$select=id`)) return;
  try {
    await graph.send("POST", "/servicePrincipals", { appId });
  } catch (error) {
    if (!(error instanceof GraphRefused && error.status === 409)) throw error;
  }
}

async function untilKnown<T>(task: () => Promise<T>, { sleep }: Tools): Promise<T> {
  for (const delay of DELAYS) {
    try {
      return await task();
    } catch (error) {
      const isUnknown = error instanceof GraphRefused && [400, 404].includes(error.status);
      if (!isUnknown) throw error;
      await sleep(delay);
    }
  }
  return await task();
}
