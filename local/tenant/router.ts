import type { IncomingMessage, ServerResponse } from "node:http";
import { type Authority, findAuthority } from "./authority.ts";
import { authorize } from "./authorize.ts";
import { controls, switchControl } from "./controls.ts";
import { discovery, keys } from "./discovery.ts";
import { EntraError, errorBody } from "./errors.ts";
import { json, page, type Reply, readRequest, type TenantRequest, writeReply } from "./http.ts";
import { logout, logoutSession } from "./logout.ts";
import { errorPage } from "./pages.ts";
import { decideConsent, login } from "./signin.ts";
import type { State } from "./state.ts";
import { token } from "./token.ts";
import type { Endpoint } from "./types.ts";

interface Route {
  endpoint: Endpoint;
  methods: string[];
  handle: (state: State, authority: Authority, request: TenantRequest) => Reply | Promise<Reply>;
  /** Whether failures are JSON. Otherwise they are pages. */
  api?: boolean;
}

const ROUTES: Record<string, Route> = {
  "v2.0/.well-known/openid-configuration": {
    endpoint: "discovery",
    methods: ["GET"],
    handle: discovery,
    api: true,
  },
  "discovery/v2.0/keys": { endpoint: "keys", methods: ["GET"], handle: keys, api: true },
  "oauth2/v2.0/authorize": { endpoint: "authorize", methods: ["GET", "POST"], handle: authorize },
  "oauth2/v2.0/token": { endpoint: "token", methods: ["POST"], handle: token, api: true },
  "oauth2/v2.0/logout": { endpoint: "logout", methods: ["GET", "POST"], handle: logout },
  "oauth2/v2.0/logoutsession": {
    endpoint: "logoutsession",
    methods: ["POST"],
    handle: logoutSession,
  },
  login: { endpoint: "login", methods: ["POST"], handle: login },
  consent: { endpoint: "consent", methods: ["POST"], handle: decideConsent },
};

const CREDENTIALS = [
  "client_secret",
  "client_assertion",
  "code",
  "code_verifier",
  "refresh_token",
  "id_token_hint",
];

/** The `node:http` request listener. */
export async function serve(
  state: State,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    writeReply(response, await answer(state, await readRequest(message)));
  } catch (error) {
    if (response.destroyed) return;
    console.error(error);
    writeReply(response, json({ error: "server_error" }, 500));
  }
}

async function answer(state: State, request: TenantRequest): Promise<Reply> {
  if (request.path === "/") {
    return request.method === "POST" ? switchControl(state, request) : controls(state);
  }
  const [, segment = "", rest = ""] = /^\/([^/]+)\/(.+)$/.exec(request.path) ?? [];
  const route = Object.hasOwn(ROUTES, rest) ? ROUTES[rest] : undefined;
  if (!route) return { status: 404 };
  record(state, route.endpoint, request.params);
  try {
    checkMethod(route, request.method);
    return await route.handle(state, findAuthority(state, segment), request);
  } catch (error) {
    if (!(error instanceof EntraError)) throw error;
    const body = errorBody(error, state.now(), request.params["client-request-id"]);
    if (!route.api) return page(errorPage(body), { status: 400 });
    const invalidTenant = route.endpoint !== "token" && error.number === 90002;
    return json(invalidTenant ? { ...body, error: "invalid_tenant" } : body, error.status);
  }
}

function checkMethod({ methods }: Route, method: string): void {
  if (methods.includes(method)) return;
  throw new EntraError(
    900561,
    `The endpoint only accepts ${methods.join(", ")} requests. Received a ${method} request.`,
  );
}

function record(state: State, endpoint: Endpoint, params: Record<string, string>): void {
  const shown = Object.entries(params).map(([name, value]) => [
    name,
    CREDENTIALS.includes(name) ? "[hidden]" : value,
  ]);
  state.requests.push({ endpoint, params: Object.fromEntries(shown), at: state.now() });
}
