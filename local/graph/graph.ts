import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { Challenges } from "./challenge.ts";
import { Mailboxes } from "./mailbox.ts";
import type { GraphUser } from "./profile.ts";
import { badRequest, denied, GraphError, invalidToken, type Reply, send } from "./reply.ts";
import { type Resource, resources } from "./resources.ts";

const VERSION = "/v1.0";

interface GraphCall {
  method: string;
  /** Below `/v1.0`. */
  path: string;
  query: Record<string, string>;
  headers: IncomingHttpHeaders;
  /** The caller's object id, `undefined` when the token was no good. */
  oid: string | undefined;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What happens to one call before its usual answer, or in its place. */
export interface GraphFault {
  /** The call waits for this first. */
  until?: Promise<unknown>;
  /** The answer in place of the resource's. */
  status?: number;
  headers?: Record<string, string>;
  /** Graph's error shape when left out. */
  body?: object;
}

export interface GraphStandIn {
  /** Base URL for `GRAPH_BASE_URL`. */
  url: string;
  /** Every call so far, oldest first. */
  calls: GraphCall[];
  faults: {
    /** One fault per call, the first for the next call. */
    next: GraphFault[];
    /** Refuses the tokens this user has now with a claims challenge, as a revocation would. */
    claimsChallenge(oid: string): void;
  };
  stop(): Promise<void>;
}

/**
 * Starts a stand-in for Microsoft Graph on 127.0.0.1.
 * @param options.verify whose token it is, `undefined` when it is not a valid one for Graph
 * @param options.revokeSignInSessions called for `POST /me/revokeSignInSessions`
 */
export async function startGraph(options: {
  port?: number;
  verify: (token: string) => Promise<GraphUser | undefined>;
  revokeSignInSessions?: (oid: string) => void;
}): Promise<GraphStandIn> {
  const { port = 0, verify, revokeSignInSessions = () => {} } = options;
  const calls: GraphCall[] = [];
  const next: GraphFault[] = [];
  const challenges = new Challenges();
  const table = resources(new Mailboxes(), revokeSignInSessions);

  async function answer(request: IncomingMessage): Promise<Reply> {
    const url = new URL(request.url ?? "/", origin);
    const call: GraphCall = {
      method: request.method ?? "GET",
      path: url.pathname.startsWith(`${VERSION}/`) ? url.pathname.slice(VERSION.length) : "",
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      oid: undefined,
      at: Date.now(),
    };
    calls.push(call);
    const body = await readJson(request);
    const fault = next.shift();
    await fault?.until;
    if (fault?.status !== undefined) return faulty(fault, fault.status);

    const token = bearerToken(request);
    const user = await verify(token);
    if (user === undefined) throw invalidToken("Lifetime validation failed, the token is expired.");
    call.oid = user.oid;
    challenges.check(user.oid, token);
    const resource = find(table, call.method, call.path);
    if (!resource.scopes.some((scope) => user.scopes.includes(scope)))
      throw denied(resource.denied);
    return resource.answer({ url, user, body: body(), metadata: `${origin}${VERSION}/$metadata` });
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        if (error instanceof GraphError) return send(response, error.reply);
        send(response, new GraphError(500, "generalException", String(error)).reply);
      },
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url: `${origin}${VERSION}`,
    calls,
    faults: { next, claimsChallenge: (oid) => challenges.challenge(oid) },
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** The body's JSON, parsed only once it is asked for: Graph looks at the token first. */
async function readJson(request: IncomingMessage): Promise<() => unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return () => {
    if (text === "") return undefined;
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw badRequest("Unable to read JSON request payload.");
    }
  };
}

function bearerToken(request: IncomingMessage): string {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (token === undefined) throw invalidToken("Access token is empty.");
  return token;
}

function find(table: readonly Resource[], method: string, path: string): Resource {
  const there = table.filter((resource) => resource.path === path);
  const resource = there.find((candidate) => candidate.method === method);
  if (resource !== undefined) return resource;
  if (there.length > 0) {
    throw new GraphError(
      405,
      "Request_BadRequest",
      "Specified HTTP method is not allowed for the request target.",
    );
  }
  const segment = path.split("/").at(-1);
  throw new GraphError(404, "ResourceNotFound", `Resource not found for the segment '${segment}'.`);
}

function faulty({ headers, body }: GraphFault, status: number): Reply {
  const code = status === 429 ? "TooManyRequests" : "serviceNotAvailable";
  const usual = new GraphError(status, code, "The request could not be served.", headers).reply;
  return body === undefined ? usual : { ...usual, body };
}
