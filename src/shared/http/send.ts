import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

/** A request to somebody else. */
export interface Outgoing {
  /** Default: GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds until the whole answer has to be there. */
  readonly timeout: number;
}

export interface Answer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/**
 * Sends one HTTP request. A redirect is an answer like any other: no token follows it.
 * @throws {TimedOut} and the errors of node:http.
 */
export type Send = (url: string | URL, request: Outgoing) => Promise<Answer>;

export class TimedOut extends Error {
  override readonly name = "TimeoutError";
}

const MAX_SOCKETS = 64;
/**
 * Milliseconds after which an idle connection is given up. Azure's way out forgets one after four minutes,
 * without a word to either side, and the next request on it would wait for nothing.
 */
const MAX_IDLE = 60_000;
/** Every answer is held in memory. Larger than anything that is asked for. Bytes. */
const MAX_ANSWER = 16 * 1024 * 1024;
const DEFAULT_HEADERS = { accept: "*/*", "user-agent": "lightsout" };

/**
 * Sends over connections that stay open. Node's `fetch` gives one up after four idle seconds, which costs the
 * next call a TLS handshake, and takes twice the CPU time for each call.
 */
export function keepAliveSender(maxIdle = MAX_IDLE): Send {
  const limits = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: maxIdle };
  const http = new HttpAgent(limits);
  const https = new HttpsAgent(limits);

  return function send(input, { method = "GET", headers, body, timeout }) {
    const { protocol, hostname, port, pathname, search } = new URL(input);
    const secure = protocol === "https:";
    const options = {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      path: pathname + search,
      method,
      headers: { ...DEFAULT_HEADERS, ...headers },
      agent: secure ? https : http,
    };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let message: ClientRequest;
    let over = false;
    const timer = setTimeout(() => {
      fail(new TimedOut(`There was no answer within ${timeout} ms.`));
      message.destroy();
    }, timeout);

    function fail(error: Error): void {
      over = true;
      clearTimeout(timer);
      reject(error);
    }

    function attempt(): void {
      message = secure ? requestHttps(options) : requestHttp(options);
      message.on("error", (error: NodeJS.ErrnoException) => {
        // The server was closing the idle connection just as the request went out: nobody has seen it.
        const stale = message.reusedSocket && error.code === "ECONNRESET";
        if (stale && method === "GET" && !over) attempt();
        else fail(error);
      });
      message.on("response", (answer) => {
        readAll(answer, fail, (content) => {
          clearTimeout(timer);
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: content });
        });
      });
      message.end(body);
    }
    attempt();
    return promise;
  };
}

function readAll(
  answer: IncomingMessage,
  fail: (error: Error) => void,
  done: (content: Buffer) => void,
): void {
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > MAX_ANSWER) answer.destroy(new RangeError("The answer is too large."));
  });
  answer.on("error", fail);
  answer.on("end", () => done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)));
}
