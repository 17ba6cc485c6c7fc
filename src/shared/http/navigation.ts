import type { HttpRequest } from "./types.ts";

/**
 * Whether a browser opens the address as a page for a person (Fetch Metadata). No script and no other site can set these
 * headers. Browsers from before 2023 send none, but accept XHTML when they open a page. A prefetch does not count, because
 * nobody sees it.
 */
export function isNavigation({ headers }: HttpRequest): boolean {
  if (headers.get("sec-purpose")?.includes("prefetch")) return false;
  const mode = headers.get("sec-fetch-mode");
  const destination = headers.get("sec-fetch-dest");
  if (mode || destination) return mode === "navigate" && destination === "document";
  return headers.get("accept")?.includes("application/xhtml+xml") ?? false;
}
