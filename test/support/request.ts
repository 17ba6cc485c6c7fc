import type { HttpRequest } from "../../src/shared/http/types.ts";
import { BASE_URL } from "./settings.ts";

export interface RequestInit {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly cookies?: Record<string, string>;
}

/** A request as the Functions host hands it over. Its host is whatever the `Host` header said. */
export function request(
  path = "/",
  { method = "GET", headers = {}, body = "", cookies = {} }: RequestInit = {},
): HttpRequest {
  const pairs = Object.entries(cookies).map((pair) => pair.join("="));
  const all = new Headers({ ...(pairs.length > 0 && { cookie: pairs.join("; ") }), ...headers });
  return {
    method,
    url: new URL(path, "https://host-header.example").href,
    headers: all,
    params: {},
    body: new Response(body.length > 0 ? body : null).body,
  };
}

/** A post of a form on a page of this app. */
export function post(fields: Record<string, string>, more: RequestInit = {}): HttpRequest {
  return request("/", {
    method: "POST",
    body: new URLSearchParams(fields).toString(),
    ...more,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      origin: BASE_URL,
      ...more.headers,
    },
  });
}
