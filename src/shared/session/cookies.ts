import type { Keyring } from "../crypto/keyring.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { HttpRequest } from "../http/types.ts";

/** The cookies a request carries, by name. The first of a name counts (RFC 6265 §5.4). */
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
 * Blank and tab are all that is white space here (RFC 6265bis §5.6). A no-break space is a character like any
 * other: a sibling subdomain may set a cookie with one before `__Host-…`, and must not be taken for this app.
 */
function withoutBlanks(text: string): string {
  const isBlank = (at: number) => text[at] === " " || text[at] === "\t";
  let start = 0;
  let end = text.length;
  while (isBlank(start)) start++;
  while (end > start && isBlank(end - 1)) end--;
  return text.slice(start, end);
}

/** Longer than any value made here. */
const MAX_LENGTH = 4_096;

/** Seals content for one cookie: a browser cannot read it, change it, or move it to another name. */
export function sealCookie(keyring: Keyring, name: string, content: unknown): string {
  return sealText(keyring, `cookie/${name}`, Buffer.from(JSON.stringify(content)));
}

/** @returns undefined for anything that {@link sealCookie} did not make for this name. */
export function unsealCookie<T>(keyring: Keyring, name: string, value: string): T | undefined {
  if (value.length > MAX_LENGTH) return undefined;
  const plaintext = unsealText(keyring, `cookie/${name}`, value);
  return plaintext && JSON.parse(Buffer.from(plaintext).toString());
}

/** What this app has sealed into that cookie of the request. @returns undefined where it has none of ours. */
export function readSealedCookie<T>(
  keyring: Keyring,
  request: HttpRequest,
  name: string,
): T | undefined {
  const value = readCookies(request).get(name);
  return value === undefined ? undefined : unsealCookie<T>(keyring, name, value);
}
