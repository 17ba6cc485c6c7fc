import { createServer } from "node:http";
import { close, listen } from "./listen.ts";

/** What the endpoint does: silent, cut off, or an answer of that status. */
export type Mood = "well" | "silent" | "reset" | number;

export interface IdentityEndpoint {
  /** App settings that App Service gives an app with a managed identity. */
  readonly env: { readonly IDENTITY_ENDPOINT: string; readonly IDENTITY_HEADER: string };
  readonly host: string;
  mood: Mood;
  /** Seconds that its tokens live. */
  life: number;
  /** The queries of all requests so far. */
  readonly asked: URLSearchParams[];
  /** Whether it has given this token, for this resource, and its time is not over. */
  isGood(token: string, resource: string): boolean;
  stop(): Promise<void>;
}

/** The identity endpoint of App Service, as unkind as the world. */
export async function startIdentityEndpoint(clientId: string): Promise<IdentityEndpoint> {
  const secret = crypto.randomUUID();
  const given = new Map<string, { resource: string; until: number }>();

  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    endpoint.asked.push(searchParams);
    const { mood } = endpoint;
    if (mood === "silent") return;
    if (mood === "reset") return void request.socket.resetAndDestroy();
    const json = (status: number, body: object) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    const isKnown =
      request.headers["x-identity-header"] === secret && searchParams.get("client_id") === clientId;
    const status = mood === "well" && !isKnown ? 400 : mood;
    if (typeof status === "number") {
      return void json(status, {
        statusCode: status,
        message: "Unable to load the proper Managed Identity.",
      });
    }
    const resource = searchParams.get("resource") ?? "";
    const access_token = `token-${given.size}-${crypto.randomUUID()}`;
    const until = Math.floor(Date.now() / 1_000) + endpoint.life;
    given.set(access_token, { resource, until: until * 1_000 });
    json(200, { access_token, expires_on: String(until), resource, token_type: "Bearer" });
  });
  const port = await listen(server);

  const endpoint: IdentityEndpoint = {
    env: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: secret },
    host: `127.0.0.1:${port}`,
    mood: "well",
    life: 86_400,
    asked: [],
    isGood(token, resource) {
      const one = given.get(token);
      return one !== undefined && one.resource === resource && Date.now() < one.until;
    },
    stop: () => close(server),
  };
  return endpoint;
}
