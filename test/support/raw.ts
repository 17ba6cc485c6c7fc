import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface RawRequest {
  readonly method?: string;
  /** As it goes over the wire: nothing is normalized. */
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Uint8Array;
  /** Gives up on the answer. */
  readonly signal?: AbortSignal;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends what `fetch` would not: paths that climb, a `Host` of one's own, a header twice. Follows no redirect. */
export function sendRaw(
  { url }: { readonly url: string },
  raw: RawRequest | string,
): Promise<RawAnswer> {
  const {
    method = "GET",
    path,
    headers = {},
    body,
    signal,
    agent = false,
  } = typeof raw === "string" ? { path: raw } : raw;
  const { port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
  request({
    host: "127.0.0.1",
    port,
    method,
    path,
    headers: { ...length, ...headers },
    agent,
    ...(signal && { signal }),
  })
    .on("error", reject)
    .on("response", (response) => {
      buffer(response).then((bytes) => {
        const { statusCode: status = 0, headers } = response;
        resolve({ status, headers, body: bytes.toString() });
      }, reject);
    })
    .end(body);
  return promise;
}
