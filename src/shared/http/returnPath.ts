/**
 * Where to go after sign-in: the given address as a path of this app, or `/` when it leads anywhere else.
 * A URL parser decides, the same one browsers follow (WHATWG URL): no list of bad spellings is ever complete.
 */
export function returnPath(returnTo: string | undefined, baseUrl: string): string {
  if (!returnTo || !URL.canParse(returnTo, baseUrl)) return "/";
  const url = new URL(returnTo, baseUrl);
  const path = url.pathname + url.search + url.hash;
  const stays = url.origin === baseUrl && !url.username && !url.password;
  // A path that begins with two slashes would be a host when it is read on its own.
  return stays && !path.startsWith("//") && path.length <= MAX_LENGTH ? path : "/";
}

/** It travels in a cookie, and there may be several of those. Characters. */
const MAX_LENGTH = 512;
