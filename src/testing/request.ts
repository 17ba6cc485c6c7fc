import { HttpRequest, type HttpRequestInit } from "@azure/functions";
import { ORIGIN } from "./context.ts";

interface TestRequestInit extends Omit<HttpRequestInit, "url" | "headers"> {
  /** By name, in any case. Cookies go along with the session's. */
  readonly headers?: Headers | Record<string, string>;
}

/** A request of a script on a page of the app; headers say otherwise. */
export type TestRequest = (path: string, init?: TestRequestInit) => HttpRequest;

/** @param session The cookie of a browser that is signed in. */
export function requestOf(session?: string): TestRequest {
  return (path, { headers, ...init } = {}) => {
    const sent = new Headers(BY_SCRIPT);
    for (const [name, value] of new Headers(headers)) sent.set(name, value);
    const cookies = [session, sent.get("cookie")].filter(Boolean);
    if (cookies.length > 0) sent.set("cookie", cookies.join("; "));
    const url = ORIGIN + path;
    return new HttpRequest({ method: "GET", ...init, url, headers: Object.fromEntries(sent) });
  };
}

const BY_SCRIPT = {
  accept: "*/*",
  "sec-fetch-site": "same-origin",
  "sec-fetch-mode": "cors",
  "sec-fetch-dest": "empty",
};
