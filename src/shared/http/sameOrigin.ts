import { CrossSiteRequest } from "../errors.ts";
import type { HttpRequest } from "./types.ts";

/**
 * Lets a request that changes something through only when it comes from a page of this app.
 *
 * `Sec-Fetch-Site` alone is enough: a form on a page of the team's with `Referrer-Policy: no-referrer` sends
 * `Origin: null`. Browsers that do not send it (Safari before 2023) send `Origin` with every post.
 *
 * @throws {CrossSiteRequest}
 */
export function assertSameOrigin(request: HttpRequest, baseUrl: string): void {
  const site = request.headers.get("sec-fetch-site");
  const sameOrigin =
    site === null ? request.headers.get("origin") === baseUrl : site === "same-origin";
  if (!sameOrigin) throw new CrossSiteRequest();
}
