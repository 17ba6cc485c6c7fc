import { CrossSiteRequest } from "../base/errors.ts";
import type { HttpRequest } from "./types.ts";

/**
 * Refuses a request that does not come from a page of this origin. For requests that change something.
 *
 * `Sec-Fetch-Site` decides where it is sent, because a form on a page with `Referrer-Policy: no-referrer` sends
 * `Origin: null`. Browsers without it (Safari before 2023) send `Origin` with every post.
 *
 * @throws {CrossSiteRequest}
 */
export function assertSameOrigin(request: HttpRequest, origin: string): void {
  const site = request.headers.get("sec-fetch-site");
  const sameOrigin =
    site === null ? request.headers.get("origin") === origin : site === "same-origin";
  if (!sameOrigin) throw new CrossSiteRequest();
}

/**
 * Refuses what a browser does not open as a page: frames and images on another origin's page, which come without the
 * session's cookie, and prefetches, which no user asked for.
 *
 * @throws {CrossSiteRequest}
 */
export function assertOpened(request: HttpRequest): void {
  const { headers } = request;
  const site = headers.get("sec-fetch-site") ?? "";
  const destination = headers.get("sec-fetch-dest") || "document";
  const embedded = site.endsWith("-site") && destination !== "document";
  if (embedded || headers.get("sec-purpose")?.includes("prefetch")) throw new CrossSiteRequest();
}
