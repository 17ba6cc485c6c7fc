import { type Links, ownLink } from "./continuation.ts";

/** A link and its parameters (RFC 8288 §3). */
const LINK =
  /<([^<>]*)>((?:\s*;\s*[\w!#$&+.^`|~*-]+(?:\s*=\s*(?:"[^"\\]*(?:\\.[^"\\]*)*"|[^\s",;]+))?)*)/g;
const PARAMETER = /;\s*([^\s=;]+)(?:\s*=\s*(?:"([^"\\]*(?:\\.[^"\\]*)*)"|([^\s",;]+)))?/g;
/** Relations within a list. Another one could make a browser fetch something. */
const PAGES = ["first", "prev", "previous", "next", "last"];

/**
 * The header `Link` of an answer, with links within the list only, each through this app.
 *
 * @param url The address of the call, to which a link may be relative.
 * @returns undefined if no link is left.
 */
export function linkHeader(
  header: string | string[] | undefined,
  links: Links,
  scopes: readonly string[],
  url: string,
): string | undefined {
  if (links.api.paging !== "link" || header === undefined) return undefined;
  const own = [...[header].flat().join(", ").matchAll(LINK)].flatMap(
    ([, target = "", parameters = ""]) => {
      const rel = relOf(parameters).toLowerCase().split(/\s+/);
      const pages = PAGES.filter((page) => rel.includes(page)).join(" ");
      const link = pages && URL.canParse(target, url) ? new URL(target, url).href : undefined;
      const address = ownLink(link, links, scopes);
      return address === undefined ? [] : [`<${address}>; rel="${pages}"`];
    },
  );
  return own.join(", ") || undefined;
}

/** The first counts (RFC 8288 §3.3). */
function relOf(parameters: string): string {
  for (const [, name, quoted, token = ""] of parameters.matchAll(PARAMETER)) {
    if (name?.toLowerCase() === "rel") return quoted ?? token;
  }
  return "";
}
