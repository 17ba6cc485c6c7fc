import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { HttpRequest } from "../http/types.ts";

/** The cookies of a request, by name. The first of a name counts (RFC 6265 §5.4). */
export function readCookies(request: HttpRequest): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>();
  for (const pair of (request.headers.get("cookie") ?? "").split(";")) {
    const at = pair.indexOf("=");
    const name = withoutBlanks(pair.slice(0, at));
    if (at > 0 && !cookies.has(name)) cookies.set(name, withoutBlanks(pair.slice(at + 1)));
  }
  return cookies;
}

/**
 * Only blank and tab are white space here (RFC 6265bis §5.6). A no-break space is an ordinary character: a sibling
 * subdomain may set a cookie with one before `__Host-…`, which must not count as this app's.
 */
function withoutBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === " " || text[at] === "\t";
  let start = 0;
  let end = text.length;
  while (isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

/** No value made here is longer. Characters. */
const MAX_LENGTH = 4_096;

/** Seals content for one cookie. A browser cannot read it, change it, or move it to another name. */
export function sealCookie(keyring: Keyring, name: string, content: unknown): string {
  return sealText(keyring, `cookie/${name}`, Buffer.from(JSON.stringify(content)));
}

/** @returns undefined for anything that {@link sealCookie} did not make for this name. */
export function unsealCookie<T>(keyring: Keyring, name: string, value: string): T | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const plaintext = unsealText(keyring, `cookie/${name}`, value);
  return plaintext && JSON.parse(plaintext.toString());
}

/** Unseals a cookie of the request. @returns undefined if there is none, or it is not ours. */
export function readSealedCookie<T>(
  keyring: Keyring,
  request: HttpRequest,
  name: string,
): T | undefined {
  const value = readCookies(request).get(name);
  return value === undefined ? undefined : unsealCookie<T>(keyring, name, value);
}
