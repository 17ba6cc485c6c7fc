import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";

const MAX_SOCKETS = 64;
/**
 * Milliseconds after which an idle connection is given up. Azure's way out forgets one after four minutes,
 * without a word to either side, and the next request on it would wait for nothing.
 */
const MAX_IDLE = 60_000;
/** Every answer is held in memory. Bytes. */
const MAX_ANSWER = 20 * 1024 * 1024;
/** As Node's own `fetch` has it. */
const DEFAULT_HEADERS = { accept: "*/*", "user-agent": "node" };
/** Statuses whose answers have no body (Fetch, null body status). */
const NULL_BODY = new Set([204, 205, 304]);

/**
 * `fetch`, as far as Lightsout uses it, over connections that stay open. Node's own gives a connection up
 * after four idle seconds, which costs the next call a TLS handshake, and takes more CPU time for each call.
 * No redirect is ever followed.
 */
export function keepAliveFetch(maxIdle = MAX_IDLE): typeof globalThis.fetch {
  const limits = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: maxIdle };
  const http = new HttpAgent(limits);
  const https = new HttpsAgent(limits);

  return async function send(input, init = {}): Promise<Response> {
    const { method = "GET", signal, redirect } = init;
    const body = bytesOf(init.body);
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const url = new URL(String(input));
    const options = {
      method,
      headers: { ...DEFAULT_HEADERS, ...recordOf(init.headers) },
      ...(signal && { signal }),
    };
    const message =
      url.protocol === "https:"
        ? requestHttps(url, { ...options, agent: https })
        : requestHttp(url, { ...options, agent: http });
    const fail = (cause: Error) => reject(signal?.aborted ? signal.reason : cause);

    message.on("error", (error: NodeJS.ErrnoException) => {
      // The server was closing the idle connection just as the request went out: nobody has seen it.
      const stale = message.reusedSocket && error.code === "ECONNRESET";
      if (stale && method === "GET" && !signal?.aborted) resolve(send(input, init));
      else fail(error);
    });
    message.on("response", (answer) => {
      readAll(answer)
        .then((content) => resolve(responseOf(answer, content, redirect)))
        .catch(fail);
    });
    message.end(body);
    return promise;
  };
}

async function readAll(answer: IncomingMessage): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > MAX_ANSWER) answer.destroy(new RangeError("The answer is too large."));
  });
  answer.on("error", reject).on("end", () => resolve(Buffer.concat(chunks)));
  return promise;
}

function responseOf(
  { statusCode: status = 0, rawHeaders }: IncomingMessage,
  content: Buffer,
  redirect: RequestInit["redirect"],
): Response {
  const headers = new Headers();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    headers.append(rawHeaders[i] as string, rawHeaders[i + 1] as string);
  }
  if (redirect !== "manual" && status >= 300 && status < 400 && headers.has("location")) {
    throw new TypeError("The answer is a redirect.");
  }
  return new Response(NULL_BODY.has(status) ? null : new Uint8Array(content), { status, headers });
}

function recordOf(headers: RequestInit["headers"]): Record<string, string> | undefined {
  const pairs = headers instanceof Headers || Array.isArray(headers);
  return pairs ? Object.fromEntries(headers) : (headers as Record<string, string> | undefined);
}

function bytesOf(body: RequestInit["body"]): string | Uint8Array | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === "string" || body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  throw new TypeError("Only text and bytes can be sent.");
}
