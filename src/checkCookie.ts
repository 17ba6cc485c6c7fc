import { types } from "node:util";
import type { Cookie } from "@azure/functions";

/** What the parts of `Set-Cookie` may hold (RFC 6265 §4.1.1). */
const NAME = /^[\w!#$%&'*+\-.^`|~]+$/;
const DOMAIN = /^\.?[a-z\d]([a-z\d-]{0,61}[a-z\d])?(\.[a-z\d]([a-z\d-]{0,61}[a-z\d])?)*$/i;
const PATH = /^[\x20-:=-~]*$/;
const SAME_SITE = ["strict", "lax", "none"];

/** @throws It cannot be written: the host's library throws too. */
export function checkCookie(cookie: Cookie): void {
  const { name, value, domain, path, expires, maxAge, sameSite } = cookie;
  const end = typeof expires === "number" ? new Date(expires) : expires;
  // This throws at half a character.
  encodeURIComponent(value);
  const isWritable =
    NAME.test(name) &&
    (!domain || DOMAIN.test(domain)) &&
    (!path || PATH.test(path)) &&
    (!end || (types.isDate(end) && Number.isFinite(end.valueOf()))) &&
    Number.isFinite(Math.floor(maxAge ?? 0)) &&
    (!sameSite || SAME_SITE.includes(sameSite.toLowerCase()));
  if (!isWritable) throw new TypeError("A cookie of the answer cannot be written.");
}
