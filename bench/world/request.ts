import type { HttpRequest } from "../../src/shared/http/types.ts";
import { BASE_URL } from "./setUp.ts";

/** A request as the Functions programming model hands it to a handler. */
export function requestOf(
  path: string,
  headers: Record<string, string> = {},
  { method = "GET", body = "" } = {},
): HttpRequest {
  return {
    method,
    url: BASE_URL + path,
    headers: new Headers(headers),
    params: {},
    body: new Response(body || null).body,
  };
}
