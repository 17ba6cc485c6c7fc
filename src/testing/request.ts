import { HttpRequest, type HttpRequestInit } from "@azure/functions";
import { ORIGIN } from "./context.ts";

/** A request of a script on a page of the app; headers say otherwise. */
export type TestRequest = (path: string, init?: Omit<HttpRequestInit, "url">) => HttpRequest;

export function requestOf(cookie?: string): TestRequest {
  return (path, { headers, ...init } = {}) =>
    new HttpRequest({
      method: "GET",
      ...init,
      url: ORIGIN + path,
      headers: { ...BY_SCRIPT, ...(cookie && { cookie }), ...headers } as Record<string, string>,
    });
}

const BY_SCRIPT = {
  accept: "*/*",
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
};
