import type { RpcCookie, RpcHttpResponse, RpcInvocationResponse } from "./rpc.ts";

export interface Answer {
  status: number;
  headers: [name: string, value: string][];
  body: Uint8Array;
}

/** The host's own answers have no body. */
export function bareAnswer(status: number): Answer {
  return { status, headers: [], body: new Uint8Array() };
}

// Headers that the front end in Azure removes.
export const HOP_BY_HOP = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/;

/**
 * What the host makes of a function's return value.
 *
 * @throws Error where the host throws, and answers 500: a header it cannot write, a negative maxAge
 */
export function toAnswer({ returnValue }: RpcInvocationResponse, method: string): Answer {
  if (!returnValue?.http) return bareAnswer(204);
  const { http } = returnValue;
  if (http.enableContentNegotiation) {
    throw new Error("enableContentNegotiation is not simulated locally");
  }
  const answer = { status: Number(http.statusCode), headers: toHeaders(http), body: toBody(http) };
  for (const [name, value] of answer.headers) {
    if (!/^[\t\x20-\x7e]*$/.test(value)) {
      throw new Error(`Invalid non-ASCII or control character in header "${name}"`);
    }
  }
  refuseWrongLength(answer, method);
  return answer;
}

function toHeaders({ headers = {}, cookies = [] }: RpcHttpResponse): Answer["headers"] {
  return [
    ...Object.entries(headers).filter(([name]) => !HOP_BY_HOP.test(name)),
    ...cookies.map((cookie): [string, string] => ["set-cookie", serializeCookie(cookie)]),
  ];
}

function toBody({ body }: RpcHttpResponse): Uint8Array {
  return body?.bytes ?? new Uint8Array();
}

function refuseWrongLength({ status, headers, body }: Answer, method: string): void {
  const declared = headers.find(([name]) => name === "content-length")?.[1];
  if (declared === undefined || method === "HEAD" || status === 304) return;
  if (Number(declared) !== body.length) {
    throw new Error(`Response Content-Length mismatch: ${body.length} bytes of ${declared}`);
  }
}

const SAME_SITE = { none: undefined, lax: "lax", strict: "strict", explicitNone: "none" };

/** As ASP.NET Core's SetCookieHeaderValue writes it. */
function serializeCookie(cookie: RpcCookie): string {
  const { name, value, domain, path = { value: "/" }, expires, maxAge } = cookie;
  if (!/^[!#$%&'*+\-.^_`|~\w]+$/.test(name)) throw new Error(`Invalid cookie name "${name}"`);
  const parts = [`${name}=${escapeDataString(value)}`];
  if (expires) parts.push(`expires=${new Date(expires.value.seconds * 1000).toUTCString()}`);
  if (maxAge) parts.push(`max-age=${toSeconds(maxAge.value)}`);
  if (domain) parts.push(`domain=${domain.value}`);
  parts.push(`path=${path.value}`);
  if (cookie.secure?.value) parts.push("secure");
  const sameSite = SAME_SITE[cookie.sameSite ?? "none"];
  if (sameSite) parts.push(`samesite=${sameSite}`);
  if (cookie.httpOnly?.value) parts.push("httponly");
  return parts.join("; ");
}

function toSeconds(value: number): number {
  const seconds = Math.trunc(value) + 0;
  if (!Number.isSafeInteger(seconds) || seconds < 0) throw new Error("Invalid maxAge of a cookie");
  return seconds;
}

/** .NET's Uri.EscapeDataString escapes more than encodeURIComponent. */
function escapeDataString(text: string): string {
  const percentEncode = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.toWellFormed()).replace(/[!'()*]/g, percentEncode);
}
