import type { Settings } from "../config/settings.ts";

/**
 * Where to go after sign-in: the given address as a path of this origin, or home when it leads anywhere else.
 * A URL parser decides, the same one browsers follow (WHATWG URL): no list of bad spellings is ever complete.
 */
export function returnPath(
  returnTo: string | undefined,
  { origin, home }: Pick<Settings, "origin" | "home">,
): string {
  if (!returnTo || !URL.canParse(returnTo, origin)) return home;
  const url = new URL(returnTo, origin);
  // Browsers read a backslash as a slash in places.
  const path = (url.pathname + url.search + url.hash).replaceAll("\\", "%5C");
  const stays = url.origin === origin && !url.username && !url.password && !isSignIn(url);
  // Two slashes would begin a host when the path is read on its own. No slash: a `blob:` URL has the origin
  // of the address in it, and that address for a path.
  return stays && /^\/(?!\/)/.test(path) && path.length <= MAX_LENGTH ? path : home;
}

/**
 * Whether going there would start another sign-in, or take up a late one. Neither is a place to come back to, and
 * whoever follows a link of this app there counts as its user who wants it. Hosts route by the path unescaped, in any case.
 */
function isSignIn({ pathname }: URL): boolean {
  const path = pathname.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /\/auth\/(signin|callback)\/?$/iu.test(path);
}

/** It travels in `state`, and comes back in a request line, of which hosts take 8,192. Characters. */
const MAX_LENGTH = 2_000;
