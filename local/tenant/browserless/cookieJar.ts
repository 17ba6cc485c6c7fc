interface Cookie {
  name: string;
  value: string;
  path: string;
  sameSite: "strict" | "lax" | "none";
  expiresAt: number;
}

/** The origin of a request, which decides its cookies. */
interface RequestContext {
  /** Whether the page that started the request is of another site. */
  crossSite: boolean;
  /** A top-level GET: a link or redirect, not a form post or frame. */
  safeNavigation: boolean;
}

/** Of name and value together (RFC 6265bis §5.6). Characters. */
const MAX_PAIR = 4_096;

/** Cookies per host, as a browser keeps them: host-only, on loopback names also Secure over http. */
export class CookieJar {
  readonly #hosts = new Map<string, Map<string, Cookie>>();

  /** Value of the `Cookie` header. */
  header(url: URL, { crossSite, safeNavigation }: RequestContext): string {
    return this.#of(url)
      .filter(({ path }) => matchesPath(url.pathname, path))
      .filter(
        ({ sameSite }) =>
          !crossSite || sameSite === "none" || (sameSite === "lax" && safeNavigation),
      )
      .map(({ name, value }) => `${name}=${value}`)
      .join("; ");
  }

  get(url: string | URL, name: string): string | undefined {
    return this.#of(new URL(url)).find((cookie) => cookie.name === name)?.value;
  }

  names(url: string | URL): string[] {
    return this.#of(new URL(url)).map(({ name }) => name);
  }

  clear(): void {
    this.#hosts.clear();
  }

  /** Stores a `Set-Cookie` header, unless a browser would refuse it. */
  set(url: URL, header: string): void {
    const [pair = "", ...rest] = header.split(";").map((part) => part.trim());
    const attributes = new Map(rest.map((part) => attribute(part)));
    if (pair.length > MAX_PAIR) return;
    const [name, value] = splitAt(pair, "=");
    const secure = attributes.has("secure");
    const path = attributes.get("path") ?? "/";
    const sameSite = (attributes.get("samesite") ?? "lax").toLowerCase() as Cookie["sameSite"];
    const domain = attributes.get("domain");
    if (domain !== undefined && domain !== url.hostname) return;
    if (sameSite === "none" && !secure) return;
    if (name.startsWith("__Secure-") && !secure) return;
    if (name.startsWith("__Host-") && (!secure || path !== "/" || domain !== undefined)) return;
    const host = this.#hosts.get(url.hostname) ?? new Map<string, Cookie>();
    this.#hosts.set(url.hostname, host);
    host.set(`${name};${path}`, { name, value, path, sameSite, expiresAt: expiry(attributes) });
  }

  #of(url: URL): Cookie[] {
    const cookies = [...(this.#hosts.get(url.hostname)?.values() ?? [])];
    return cookies.filter(({ expiresAt }) => expiresAt > Date.now());
  }
}

function expiry(attributes: Map<string, string>): number {
  const maxAge = attributes.get("max-age");
  const expires = attributes.get("expires");
  if (maxAge !== undefined) return Date.now() + Number(maxAge) * 1000;
  return expires === undefined ? Number.POSITIVE_INFINITY : Date.parse(expires);
}

function matchesPath(pathname: string, path: string): boolean {
  return pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
}

function attribute(part: string): [string, string] {
  const [name, value] = splitAt(part, "=");
  return [name.toLowerCase(), value];
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
