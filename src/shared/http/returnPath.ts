import type { Settings } from "../config/settings.ts";

/**
 * Where to go after a sign-in: the given address as a path of this origin, or home if it leads anywhere else. The URL
 * parser of browsers decides (WHATWG URL), because no list of bad spellings is complete.
 */
export function returnPath(
  returnTo: string | undefined,
  { origin, home }: Pick<Settings, "origin" | "home">,
): string {
  if (!returnTo || !URL.canParse(returnTo, origin)) return home;
  const url = new URL(returnTo, origin);
  // Browsers may read a backslash as a slash.
  const path = (url.pathname + url.search + url.hash).replaceAll("\\", "%5C");
  const stays = url.origin === origin && !url.username && !url.password && !isSignIn(url);
  // Two slashes would begin a host. Without a slash: a `blob:` URL has the origin of its address, and that address as
  // its path.
  return stays && /^\/(?!\/)/.test(path) && path.length <= MAX_LENGTH ? path : home;
}

/**
 * Whether the path starts a sign-in, or resumes one. Nobody comes back to these: followed from a page of this app, they
 * count as the user's wish. Hosts route by the unescaped path, and ignore case.
 */
function isSignIn({ pathname }: URL): boolean {
  const path = pathname.replaceAll(/%([0-7][0-9a-f])/gi, (_, hex) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return /\/auth\/(signin|callback)\/?$/iu.test(path);
}

/** It travels in `state`, which comes back in a request line, and hosts take lines of 8,192. Characters. */
const MAX_LENGTH = 2_000;
