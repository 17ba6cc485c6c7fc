import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import type { RouteParams } from "./routes.ts";
import type { Nullable, RpcHttpRequest } from "./rpc.ts";
import { type CaseInsensitiveMap, decodePath, encodePath, parseQuery } from "./url.ts";

/** A request as the host's web server (Kestrel) understands it, before a function is chosen. */
export interface HostRequest {
  method: string;
  /** Decoded, without dot segments; an encoded slash stays encoded. */
  path: string;
  /** With its question mark; empty when there is none. */
  search: string;
  /** Every line of a header, by its lower-case name. */
  headers: Record<string, string[]>;
  /** Every value of a parameter, by its name without case. */
  query: CaseInsensitiveMap;
}

/** An answer the web server gives before the Functions host sees the request. */
export class ServerRefusal extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_REQUEST_LINE_BYTES = 8192;
const MAX_HEADER_LINES = 100;

/** @throws ServerRefusal when Kestrel would not take the request */
export function readRequest(message: IncomingMessage): HostRequest {
  const { method = "GET", url: target = "" } = message;
  if (`${method} ${target} HTTP/1.1\r\n`.length > MAX_REQUEST_LINE_BYTES) {
    throw new ServerRefusal(414, "The request line is too long.");
  }
  if (!/^\/[\x21-\x7e]*$/.test(target)) throw new ServerRefusal(400, "Invalid request target.");
  const [, rawPath = "", search = ""] = /^([^?]*)(.*)$/.exec(target) ?? [];
  if (message.rawHeaders.length / 2 > MAX_HEADER_LINES) {
    throw new ServerRefusal(431, "There are too many headers.");
  }
  const headers = readHeaders(message.headersDistinct);
  const [host = "", ...others] = headers.host ?? [];
  if (others.length > 0 || !/^([\w.~-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host)) {
    throw new ServerRefusal(400, "Invalid Host header.");
  }
  const path = decodePath(rawPath);
  if (path.includes("\0")) throw new ServerRefusal(400, "Invalid request target.");
  return { method, path, search, headers, query: parseQuery(search) };
}

/**
 * The request as the worker receives it. Scheme and host come from headers, as they do behind the
 * front end of Azure: nobody should build a link out of them.
 */
export function toRpcRequest(
  request: HostRequest,
  params: RouteParams,
  body: Uint8Array,
): RpcHttpRequest {
  const { method, path, search, headers, query } = request;
  const [scheme, host] = addressOf(request);
  return {
    method,
    url: `${scheme}://${host}${encodePath(path)}${search}`,
    nullableHeaders: toNullable(
      Object.entries(headers).map(([name, lines]) => [name, join(lines)]),
    ),
    nullableQuery: toNullable([...query.entries()].map(([name, values]) => [name, join(values)])),
    nullableParams: toNullable(Object.entries(params)),
    ...(body.length > 0 && { body: { bytes: body } }),
  };
}

export function addressOf({ headers }: HostRequest): [scheme: string, host: string] {
  const scheme = headers["x-forwarded-proto"]?.[0]?.toLowerCase() === "https" ? "https" : "http";
  return [scheme, headers["disguised-host"]?.[0] ?? headers.host?.[0] ?? ""];
}

/** @param limit in bytes @throws Error when the body says that it is longer */
export function assertLength(message: IncomingMessage, limit: number): void {
  if (Number(message.headers["content-length"] ?? 0) > limit) {
    throw new Error(`Request body too large. The max request body size is ${limit} bytes.`);
  }
}

/**
 * Reads the body. One without a `Content-Length` is left alone: the host takes it for empty.
 *
 * @param limit in bytes
 * @throws Error when the body is longer, or the client goes away in between
 */
export async function readBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  assertLength(message, limit);
  return Number(message.headers["content-length"] ?? 0) > 0 ? buffer(message) : new Uint8Array();
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BEYOND_ASCII = /[\x80-\xff]/;

function readHeaders(headers: NodeJS.Dict<string[]>): Record<string, string[]> {
  try {
    return Object.fromEntries(
      Object.entries(headers).map(([name, lines = []]) => [
        name,
        lines.map((line) =>
          BEYOND_ASCII.test(line) ? UTF8.decode(Buffer.from(line, "latin1")) : line,
        ),
      ]),
    );
  } catch {
    throw new ServerRefusal(400, "Malformed request: invalid headers.");
  }
}

/** As .NET's StringValues: joined by commas, empty values left out. */
function join(values: string[]): string {
  return values.filter((value) => value !== "").join(",");
}

function toNullable(entries: [name: string, value: string][]): Record<string, Nullable<string>> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}
