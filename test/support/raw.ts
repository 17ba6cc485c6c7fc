import { type Agent, type IncomingHttpHeaders, request } from "node:http";
import { buffer } from "node:stream/consumers";

export interface RawRequest {
  readonly method?: string;
  /** As it goes over the wire: nothing is normalized. */
  readonly path: string;
  /** Each line as it goes over the wire. */
  readonly headers?: Readonly<Record<string, string | number | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Sends the body without a length. */
  readonly chunked?: boolean;
  /** Gives up on the answer. */
  readonly signal?: AbortSignal;
  /** Default: a connection of its own. */
  readonly agent?: Agent;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The same, with each line by itself. */
  readonly lines: Record<string, string[]>;
  readonly body: string;
}

/** Sends what `fetch` would not: paths that climb, a `Host` of one's own, a header twice. Follows no redirect. */
export function sendRaw(
  { url }: { readonly url: string },
  raw: RawRequest | string,
  host = "127.0.0.1",
): Promise<RawAnswer> {
  const {
    method = "GET",
    path,
    headers = {},
    body,
    chunked = false,
    signal,
    agent = false,
  } = typeof raw === "string" ? { path: raw } : raw;
  const { port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const length = body === undefined || chunked ? {} : { "content-length": Buffer.byteLength(body) };
  const outgoing = request({
    ...{ host, port, method, path, agent },
    headers: linesOf({ host: `${host}:${port}`, ...length, ...headers }),
    ...(signal && { signal }),
  })
    .on("error", reject)
    .on("response", (response) => {
      buffer(response).then((bytes) => {
        const { statusCode: status = 0, headers, headersDistinct } = response;
        const lines = headersDistinct as Record<string, string[]>;
        resolve({ status, headers, lines, body: bytes.toString() });
      }, reject);
    });
  if (chunked) outgoing.flushHeaders();
  outgoing.end(body);
  return promise;
}

/** A flat list, because Node joins lines of some headers when it gets an object. */
function linesOf(headers: NonNullable<RawRequest["headers"]>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((line) => [name, String(line)]),
  );
}
