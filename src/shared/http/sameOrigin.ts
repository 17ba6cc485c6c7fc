import { CrossSiteRequest } from "../base/errors.ts";
import type { HttpRequest } from "./types.ts";

/**
 * Lets a request that changes something through only when it comes from a page of this app.
 *
 * `Sec-Fetch-Site` alone is enough: a form on a page of the team's with `Referrer-Policy: no-referrer` sends
 * `Origin: null`. Browsers that do not send it (Safari before 2023) send `Origin` with every post.
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
 * Lets through what a browser opens as a page. What another origin loads into a page of its own, as a frame or an
 * image, comes without the session's cookie and with others; and nobody has gone where a prefetch goes.
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
