import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from "jose";

/** The API's Application ID URI: what its tokens are for. */
const ORDERS_AUDIENCE = "api://orders";
/** What reading orders takes. */
export const ORDERS_SCOPE = `${ORDERS_AUDIENCE}/Orders.Read`;

const PAGE = 2;
const ORDERS = ["Chair", "Desk", "Lamp", "Shelf", "Stool"].map((name, index) => ({
  id: index + 1,
  name,
}));

export interface OrdersApi {
  /** For `ORDERS_BASE_URL`. */
  url: string;
  stop(): Promise<void>;
}

/**
 * Starts an example of an API that is not Microsoft Graph, on 127.0.0.1: a list in pages, for users whose access token
 * it has checked (RFC 6750, RFC 9068 §4).
 *
 * @param options.jwksUri where the tenant publishes its keys
 * @param options.issuer of access tokens
 */
export async function startOrders(options: {
  port?: number;
  jwksUri: string;
  issuer: string;
}): Promise<OrdersApi> {
  const { port = 0, jwksUri, issuer } = options;
  const keys = createRemoteJWKSet(new URL(jwksUri));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, token = ""] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    let claims: JWTPayload;
    try {
      const expected = { issuer, audience: ORDERS_AUDIENCE, algorithms: ["RS256"] };
      ({ payload: claims } = await jwtVerify(token, keys, expected));
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      return refuse(response, 401, token && "invalid_token");
    }
    const scopes = String(claims.scp ?? "").split(" ");
    if (!scopes.includes("Orders.Read")) return refuse(response, 403, "insufficient_scope");
    const url = new URL(request.url ?? "/", origin);
    if (request.method !== "GET" || url.pathname !== "/orders") return reply(response, 404, {});
    list(response, url);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch(() =>
      reply(response, 503, { error: "The keys are not there." }),
    );
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: origin,
    async stop() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** A page of the list; the header `Link` says where the next one is (RFC 8288). */
function list(response: ServerResponse, url: URL): void {
  const page = Number(url.searchParams.get("page") ?? 1);
  const from = (page - 1) * PAGE;
  if (from + PAGE < ORDERS.length)
    response.setHeader("link", `</orders?page=${page + 1}>; rel="next"`);
  reply(response, 200, ORDERS.slice(from, from + PAGE));
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.setHeader("www-authenticate", error ? `Bearer error="${error}"` : "Bearer");
  reply(response, status, { error: error || "token_missing" });
}

function reply(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
