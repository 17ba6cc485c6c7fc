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
  /**
   * Whether it may be sent once more where a connection that had been idle was reset before a byte of an answer
   * came. Default: whether it is a GET.
   */
  readonly isRepeatable?: boolean;
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
 * @throws {TimeoutError} and the errors of node:http.
 */
export type Send = (url: string | URL, request: Outgoing) => Promise<Answer>;

/** Named as the platform names its own: jose and the log look for that name. */
export class TimeoutError extends Error {
  override readonly name = "TimeoutError";
}

/** To one server. */
const MAX_SOCKETS = 128;
/**
 * Milliseconds after which an idle connection is closed. Azure's outbound network drops one after four minutes
 * without telling either side, and the next request on it would wait in vain.
 */
const MAX_IDLE_MS = 60_000;
/** Every answer is held in memory. Larger than anything that is asked for. Bytes. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const DEFAULT_HEADERS = { accept: "*/*", "accept-encoding": "identity", "user-agent": "lightsout" };
/** Error codes that say that the other side has closed the connection. */
const RESET = ["ECONNRESET", "EPIPE"];

/**
 * Sends over connections that stay open. Node's `fetch` gives one up after four idle seconds, which costs the
 * next call a TLS handshake, and takes twice the CPU time for each call.
 *
 * @param maxIdle Milliseconds.
 * @param proxyEnv `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY`, which Node's agents take since 24.5 and 22.21.
 */
export function keepAliveSender(
  maxIdle = MAX_IDLE_MS,
  proxyEnv: Readonly<Record<string, string | undefined>> = {},
): Send {
  const limits = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: maxIdle, proxyEnv };
  const http = new HttpAgent(limits);
  const https = new HttpsAgent(limits);

  return async function send(
    input,
    { method = "GET", headers, body, timeout, isRepeatable = method === "GET" },
  ) {
    const { protocol, hostname, port, pathname, search } = new URL(input);
    const request = protocol === "https:" ? requestHttps : requestHttp;
    const options = {
      protocol,
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port,
      path: pathname + search,
      method,
      headers: {
        ...DEFAULT_HEADERS,
        ...headers,
        // Node leaves it out for some methods. The server would then take the body for the next request.
        ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
      },
      agent: protocol === "https:" ? https : http,
    };
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    let isOver = false;
    let message = attempt();
    const timer = setTimeout(() => {
      fail(new TimeoutError(`There was no answer within ${timeout} ms.`));
    }, timeout);

    function attempt(): ClientRequest {
      const tried = request(options);
      let isAnswered = false;
      tried.on("error", (error: NodeJS.ErrnoException) => {
        // The server was closing the idle connection just as the request went out: nobody has seen it.
        const isStale = tried.reusedSocket && !isAnswered && RESET.includes(error.code ?? "");
        if (isStale && isRepeatable && !isOver) message = attempt();
        else fail(error);
      });
      tried.on("response", (answer) => {
        isAnswered = true;
        readAll(answer).then((content) => succeed(answer, content), fail);
      });
      tried.end(body);
      return tried;
    }

    function succeed({ statusCode = 0, headers }: IncomingMessage, content: Buffer): void {
      end();
      resolve({ status: statusCode, headers, body: content });
      // It answered before it had read the whole request: the rest would block the connection.
      if (!message.writableFinished) message.destroy();
    }

    function fail(error: Error): void {
      end();
      reject(error);
      message.destroy();
    }

    function end(): void {
      isOver = true;
      clearTimeout(timer);
    }

    return await promise;
  };
}

function readAll(answer: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > MAX_ANSWER_BYTES) answer.destroy(new RangeError("The answer is too large."));
  });
  answer.on("error", reject);
  answer.on("end", () => resolve(Buffer.concat(chunks)));
  return promise;
}
