import type { HttpRequest } from "./types.ts";

/**
 * Whether a browser opens a page with the request, for a person to see what comes back (Fetch Metadata). No script and
 * no other site can set these headers. Browsers from before 2023 send none; they name XHTML where they open a page.
 * Nobody sees what is fetched ahead.
 */
export function isNavigation({ headers }: HttpRequest): boolean {
  if (headers.get("sec-purpose")?.includes("prefetch")) return false;
  const mode = headers.get("sec-fetch-mode");
  const destination = headers.get("sec-fetch-dest");
  if (mode || destination) return mode === "navigate" && destination === "document";
  return headers.get("accept")?.includes("application/xhtml+xml") ?? false;
}
