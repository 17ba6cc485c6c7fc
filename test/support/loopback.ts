import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from "node:http";
import { buffer } from "node:stream/consumers";
import { close, listen } from "./listen.ts";

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string | string[]>;
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown;
}

/** What a request is answered with; `hang` never answers it, `drop` closes the connection. */
export type Respond = (request: Received) => Answer | "hang" | "drop" | Promise<Answer>;

export interface Loopback {
  readonly url: string;
  readonly requests: Received[];
  respond: Respond;
  stop(): Promise<void>;
}

/** A real server for one test file. `respond` can be changed at any time. */
export async function startLoopback(
  respond: Respond = () => ({ status: 404 }),
  server: Server = createServer(),
): Promise<Loopback> {
  const requests: Received[] = [];
  server.on("request", async (message, response) => {
    const { method = "", url = "", headers } = message;
    const received = { method, url, headers, body: await buffer(message) };
    requests.push(received);
    const answer = await loopback.respond(received);
    if (answer === "drop") response.destroy();
    else if (answer !== "hang") write(response, answer);
  });
  const port = await listen(server);
  const loopback: Loopback = {
    url: `http://127.0.0.1:${port}`,
    requests,
    respond,
    stop: () => close(server),
  };
  return loopback;
}

function write(response: ServerResponse, { status = 200, headers, body }: Answer): void {
  const raw = typeof body === "string" || body instanceof Uint8Array || body === undefined;
  response.writeHead(status, { ...(!raw && { "content-type": "application/json" }), ...headers });
  response.end(raw ? body : JSON.stringify(body));
}
