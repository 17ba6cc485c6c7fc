import { randomUUID } from "node:crypto";
import { type Received, startLoopback } from "../../support/loopback.ts";

type Json = Record<string, unknown>;

interface Application extends Json {
  id: string;
  appId: string;
  uniqueName: string | null;
  web: Json;
  keyCredentials: Json[];
  federated: Json[];
}

export interface Directory {
  /** As GRAPH_BASE_URL. */
  readonly url: string;
  readonly applications: Application[];
  readonly servicePrincipals: { id: string; appId: string }[];
  /** `METHOD /path` of everything that was asked. */
  readonly requests: string[];
  /** Answers given to the next requests that match, before the directory looks at them. */
  readonly refusals: Refused[];
  seed(application: Json): Application;
  writes(): string[];
  stop(): Promise<void>;
}

interface Refused {
  match: RegExp;
  status: number;
  /** Without one, a proxy in between refuses, with a page. */
  code?: string;
  message?: string;
}

export const TOKEN = "a token for Microsoft Graph";

/** Stands in for the directory part of Microsoft Graph, in memory, and as strict as it as far as it goes. */
export async function startDirectory(): Promise<Directory> {
  const applications: Application[] = [];
  const servicePrincipals: { id: string; appId: string }[] = [];
  const requests: string[] = [];
  const refusals: Directory["refusals"] = [];

  function seed(properties: Json): Application {
    const application = { ...emptyApplication(), ...properties } as Application;
    applications.push(application);
    return application;
  }

  function answer(
    { method, headers }: Received,
    path: string,
    query: URLSearchParams,
    body: Json,
  ): [number, unknown?] {
    const line = `${method} ${path}`;
    requests.push(line);
    if (headers.authorization !== `Bearer ${TOKEN}`)
      throw new Refusal(401, "InvalidAuthenticationToken");
    const refusal = refusals.findIndex(({ match }) => match.test(line));
    if (refusal >= 0) {
      const [{ status, code, message } = { status: 500 }] = refusals.splice(refusal, 1);
      throw new Refusal(status, code, message);
    }

    const [, verb, entity, key = "", property = ""] =
      /^(\w+) \/(applications|servicePrincipals)(\([^)]*\)|\/[^/]+)?(?:\/(.+))?$/.exec(line) ?? [];
    if (entity === "servicePrincipals") return servicePrincipal(verb, key, body);
    const name = /uniqueName='(.*)'/.exec(key)?.[1] ?? null;
    const application = applications.find(
      ({ id, appId, uniqueName }) =>
        key === `/${id}` || key === `(appId='${appId}')` || (name !== null && name === uniqueName),
    );
    if (application === undefined) {
      if (verb !== "PATCH" || name === null || headers.prefer !== "create-if-missing") {
        throw new Refusal(404, "Request_ResourceNotFound");
      }
      const made = { ...emptyApplication(), uniqueName: name } as Application;
      update(made, body);
      applications.push(made);
      return [201, made];
    }
    if (property.startsWith("federated")) return federated(application, verb, property, body);
    if (line.endsWith("/addPassword")) return [200, { secretText: "made by the directory" }];
    if (verb === "PATCH") {
      update(application, body);
      return [204];
    }
    const fields = query.get("$select")?.split(",") ?? Object.keys(application);
    return [200, Object.fromEntries(fields.map((field) => [field, application[field]]))];
  }

  function servicePrincipal(verb = "", key: string, body: Json): [number, unknown] {
    const wanted = verb === "POST" ? body.appId : /appId='(.*)'/.exec(key)?.[1];
    const found = servicePrincipals.find(({ appId }) => appId === wanted);
    if (verb === "GET") {
      if (found) return [200, found];
      throw new Refusal(404, "Request_ResourceNotFound");
    }
    if (found) throw new Refusal(409, "Request_MultipleObjectsWithSameKeyValue");
    if (!applications.some(({ appId }) => appId === wanted))
      throw new Refusal(400, "Request_BadRequest");
    const made = { id: randomUUID(), appId: String(wanted) };
    servicePrincipals.push(made);
    return [201, made];
  }

  const { url, stop } = await startLoopback((request) => {
    try {
      const { searchParams, pathname } = new URL(request.url, "http://directory");
      const given = request.body.length > 0 ? JSON.parse(request.body.toString()) : {};
      const [status, body] = answer(request, decodeURIComponent(pathname), searchParams, given);
      return { status, body };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, code, message } = error;
      return { status, body: code ? { error: { code, message } } : "<h1>Refused</h1>" };
    }
  });
  return {
    url,
    applications,
    servicePrincipals,
    requests,
    refusals,
    seed,
    writes: () => requests.filter((request) => !request.startsWith("GET ")),
    stop,
  };
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, code?: string, message = `The directory says ${code}.`) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

function emptyApplication() {
  return {
    id: randomUUID(),
    appId: randomUUID(),
    uniqueName: null,
    displayName: "",
    signInAudience: "AzureADMyOrg",
    web: {
      homePageUrl: null,
      logoutUrl: null,
      redirectUris: [],
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
    optionalClaims: null,
    requiredResourceAccess: [],
    keyCredentials: [],
    federated: [],
  };
}

/** A complex property keeps the parts that are not sent; a list is replaced. */
function update(application: Application, changes: Json): void {
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in application) || ["id", "appId", "uniqueName"].includes(name)) {
      throw new Refusal(400, "Request_BadRequest", `Invalid property '${name}'.`);
    }
    if (name === "web") Object.assign(application.web, value);
    else application[name] = value;
  }
  const { redirectUris, logoutUrl } = application.web as {
    redirectUris: string[];
    logoutUrl: string;
  };
  if (new Set(redirectUris).size < redirectUris.length)
    throw new Refusal(400, "Request_BadRequest");
  if (logoutUrl && !logoutUrl.startsWith("https:")) throw new Refusal(400, "InvalidLogoutUrl");
}

function federated(
  { federated: list }: Application,
  verb: string | undefined,
  property: string,
  body: Json,
): [number, unknown?] {
  if (verb === "GET") return [200, { value: list }];
  const [, id] = property.split("/");
  const others = list.filter((credential) => credential.id !== id);
  const same = others.some(({ name, subject }) => name === body.name || subject === body.subject);
  if (same) throw new Refusal(409, "Request_MultipleObjectsWithSameKeyValue");
  if (verb === "POST") {
    list.push({ id: randomUUID(), ...body });
    return [201, list.at(-1)];
  }
  const stored = list.find((credential) => credential.id === id);
  if (!stored || "name" in body) throw new Refusal(400, "Request_BadRequest");
  Object.assign(stored, body);
  return [204];
}
