import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type ProxyEnv,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { pipeline, Readable } from "node:stream";

/** A request to somebody else. */
export interface Outgoing {
  /** Default: GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /**
   * Whether it may be sent once more where a connection that had been idle was reset before a byte of an answer
   * came. Default: whether it is a GET.
   */
  readonly isRepeatable?: boolean;
  /** Milliseconds until the whole answer has to be there. */
  readonly timeout: number;
  /** Gives it up, wherever it is. */
  readonly signal?: AbortSignal;
}

/** An answer whose body is still coming: whoever gets it reads it to its end, or destroys it. */
export interface Opened {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/**
 * Sends one HTTP request. A redirect is an answer like any other: no token follows it.
 * @throws {TimeoutError} and the errors of node:http, or of the body that is sent. So does the body that is read.
 */
export type Open = (url: string | URL, request: Outgoing) => Promise<Opened>;

/** By the name of the platform's own, which jose and the log go by. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** To one server. */
const MAX_SOCKETS = 128;
/**
 * Milliseconds after which an idle connection is given up. Azure's way out forgets one after four minutes,
 * without a word to either side, and the next request on it would wait for nothing.
 */
const MAX_IDLE_MS = 60_000;
const DEFAULT_HEADERS = { accept: "*/*", "accept-encoding": "identity", "user-agent": "lightsout" };
/** Codes of errors that say: the other side has closed the connection. */
const RESET = ["ECONNRESET", "EPIPE"];

/**
 * Sends over connections that stay open. Node's `fetch` gives one up after four idle seconds, which costs the
 * next call a TLS handshake, and takes twice the CPU time for each call.
 *
 * @param maxIdle Milliseconds.
 * @param proxyEnv As readProxy of proxy.ts reads it. Node's agents take it since 24.5 and 22.21.
 */
export function keepAliveOpener(maxIdle = MAX_IDLE_MS, proxyEnv: ProxyEnv = {}): Open {
  const limits = {
    keepAlive: true,
    maxSockets: MAX_SOCKETS,
    timeout: maxIdle,
    proxyEnv,
  };
  const http = new HttpAgent(limits);
  const https = new HttpsAgent(limits);

  return async function open(
    input,
    { method = "GET", headers, body, timeout, isRepeatable = method === "GET", signal },
  ) {
    const { protocol, hostname, port, pathname, search } = new URL(input);
    const request = protocol === "https:" ? requestHttps : requestHttp;
    const options = {
      protocol,
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      path: pathname + search,
      method,
      headers: { ...DEFAULT_HEADERS, ...headers, ...lengthOf(body, headers) },
      agent: protocol === "https:" ? https : http,
    };
    const { promise, resolve, reject } = Promise.withResolvers<Opened>();
    let answer: IncomingMessage | undefined;
    let isOver = false;
    let message = attempt();
    const timer = setTimeout(() => {
      fail(new TimeoutError(`There was no answer within ${timeout} ms.`));
    }, timeout);
    const giveUp = () => fail(signal?.reason);
    if (signal?.aborted) giveUp();
    signal?.addEventListener("abort", giveUp);

    function attempt(): ClientRequest {
      const tried = request(options);
      tried.on("error", (error: NodeJS.ErrnoException) => {
        // The server was closing the idle connection just as the request went out: nobody has seen it.
        const isStale = tried.reusedSocket && !answer && RESET.includes(error.code ?? "");
        if (isStale && isRepeatable && !isOver) message = attempt();
        else fail(error);
      });
      // It switched to a protocol that nobody asked for: node:http closes it, and says nothing.
      tried.once("close", () => {
        if (tried === message && !answer) fail(new Error("It closed without an answer."));
      });
      tried.on("response", (incoming) => {
        answer = incoming;
        // Without a listener, an error would end the process. Whoever reads the body hears of it too.
        incoming.on("error", () => {});
        incoming.once("end", () => {
          // It answered before it had heard everything: the rest would hold the connection.
          if (!tried.writableFinished) tried.destroy();
        });
        incoming.once("close", end);
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, headers, body: incoming });
      });
      if (isStream(body)) pipeline(Readable.from(body), tried, (error) => error && fail(error));
      else tried.end(body);
      return tried;
    }

    function fail(error: Error): void {
      end();
      reject(error);
      answer?.destroy(error);
      message.destroy(error);
    }

    function end(): void {
      isOver = true;
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
    }

    return await promise;
  };
}

export function isStream(body: Outgoing["body"]): body is AsyncIterable<Uint8Array> {
  return body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
}

/** Node leaves it out for some methods, and the body would be taken for the connection's next request. */
function lengthOf(body: Outgoing["body"], headers: Outgoing["headers"]): Record<string, string> {
  if (body === undefined) return {};
  if (!isStream(body)) return { "content-length": String(Buffer.byteLength(body)) };
  return headers?.["content-length"] ? {} : { "transfer-encoding": "chunked" };
}
