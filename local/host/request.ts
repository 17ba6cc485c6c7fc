import type { IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import type { RouteParams } from "./routes.ts";
import type { Nullable, RpcHttpRequest } from "./rpc.ts";

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

/** @throws ServerRefusal when Kestrel would not take the request */
export function readRequest(message: IncomingMessage): HostRequest {
  const { method = "GET", url: target = "" } = message;
  if (`${method} ${target} HTTP/1.1\r\n`.length > MAX_REQUEST_LINE_BYTES) {
    throw new ServerRefusal(414, "The request line is too long.");
  }
  if (!/^\/[\x21-\x7e]*$/.test(target)) throw new ServerRefusal(400, "Invalid request target.");
  const [, rawPath = "", search = ""] = /^([^?]*)(.*)$/.exec(target) ?? [];
  const headers = readHeaders(message.headersDistinct);
  const [host = "", ...others] = headers.host ?? [];
  if (others.length > 0 || !/^([\w.~-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(host)) {
    throw new ServerRefusal(400, "Invalid Host header.");
  }
  return { method, path: decodePath(rawPath), search, headers, query: parseQuery(search) };
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
  const scheme = headers["x-forwarded-proto"]?.[0]?.toLowerCase() === "https" ? "https" : "http";
  const host = headers["disguised-host"]?.[0] ?? headers.host?.[0];
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

/**
 * Reads the body. One without a `Content-Length` is left alone: the host takes it for empty.
 *
 * @param limit in bytes
 * @throws Error when the body is longer, or the client goes away in between
 */
export async function readBody(message: IncomingMessage, limit: number): Promise<Uint8Array> {
  const length = Number(message.headers["content-length"] ?? 0);
  if (length > limit) {
    throw new Error(`Request body too large. The max request body size is ${limit} bytes.`);
  }
  return length > 0 ? buffer(message) : new Uint8Array();
}

export class CaseInsensitiveMap {
  readonly #values = new Map<string, { name: string; values: string[] }>();

  append(name: string, value: string): void {
    const entry = this.#values.get(name.toUpperCase());
    if (entry) entry.values.push(value);
    else this.#values.set(name.toUpperCase(), { name, values: [value] });
  }

  get(name: string): string[] | undefined {
    return this.#values.get(name.toUpperCase())?.values;
  }

  /** Under the spelling that came first. */
  entries(): [name: string, values: string[]][] {
    return [...this.#values.values()].map(({ name, values }) => [name, values]);
  }
}

function readHeaders(headers: NodeJS.Dict<string[]>): Record<string, string[]> {
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    return Object.fromEntries(
      Object.entries(headers).map(([name, lines = []]) => [
        name,
        lines.map((line) => utf8.decode(Buffer.from(line, "latin1"))),
      ]),
    );
  } catch {
    throw new ServerRefusal(400, "Malformed request: invalid headers.");
  }
}

function parseQuery(search: string): CaseInsensitiveMap {
  const query = new CaseInsensitiveMap();
  for (const pair of search.slice(1).split("&")) {
    if (pair === "") continue;
    const [, name = "", value = ""] = /^([^=]*)=?(.*)$/s.exec(pair.replaceAll("+", " ")) ?? [];
    query.append(percentDecode(name), percentDecode(value));
  }
  return query;
}

/** As .NET's StringValues: joined by commas, empty values left out. */
function join(values: string[]): string {
  return values.filter((value) => value !== "").join(",");
}

function toNullable(entries: [name: string, value: string][]): Record<string, Nullable<string>> {
  return Object.fromEntries(entries.map(([name, value]) => [name, { value }]));
}

const ENCODED_CHARACTER =
  /%[0-7][\da-f]|%[cd][\da-f]%[89ab][\da-f]|%e[\da-f](?:%[89ab][\da-f]){2}|%f[0-7](?:%[89ab][\da-f]){3}/gi;

/** Decodes what is valid and leaves the rest as it is. */
function percentDecode(text: string, keep = /^$/): string {
  return text.replace(ENCODED_CHARACTER, (encoded) => {
    if (keep.test(encoded)) return encoded;
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}

function decodePath(path: string): string {
  const decoded = percentDecode(path, /^%2f$/i);
  if (decoded.includes("\0")) throw new ServerRefusal(400, "Invalid request target.");
  const segments: string[] = [];
  const parts = decoded.slice(1).split("/");
  for (const [index, part] of parts.entries()) {
    if (part === "..") segments.pop();
    if (part !== "." && part !== "..") segments.push(part);
    else if (index === parts.length - 1) segments.push("");
  }
  return `/${segments.join("/")}`;
}

/** A percent sign before two hex digits stays, as in ASP.NET Core: it may be an encoded slash. */
function encodePath(path: string): string {
  return encodeURI(path)
    .replace(/[?#]/g, encodeURIComponent)
    .replace(/%25([\da-f]{2})/gi, "%$1");
}
