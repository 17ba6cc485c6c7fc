import { authorityOrigins, localProvider } from "../config/provider.ts";
import type { SignOutSettings } from "../config/settings.ts";
import type { Cookie, HttpResponse } from "../http/types.ts";
import type { ProviderMetadata } from "../identity/metadata.ts";
import { SCRIPT_HASH } from "./pages/script.ts";
import { STYLE_HASH } from "./pages/style.ts";

/** On every answer: no storing, no sniffing, no referrer (OWASP Secure Headers). */
const PRIVATE = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** On every answer that is not a page of ours: nothing in it runs, even if a browser shows it as a page. */
const NO_PAGE = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "X-Frame-Options": "DENY",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/** On answers in the user's language (RFC 9110 §12.5.5). */
export const BY_LANGUAGE = { Vary: "Accept-Language" };

export function json(value: unknown, status = 200, headers = {}): HttpResponse {
  return {
    status,
    headers: { ...PRIVATE, ...NO_PAGE, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

/** The answer with the headers that every answer of ours carries. */
export function privately(response: HttpResponse): HttpResponse {
  return { ...response, headers: { ...response.headers, ...PRIVATE, ...NO_PAGE } };
}

export function noContent(): HttpResponse {
  return { status: 204, headers: { ...PRIVATE, ...NO_PAGE } };
}

/** 302 keeps the method of a GET, 303 turns a POST into a GET (RFC 9110 §15.4). */
export function redirect(
  status: 302 | 303,
  location: string,
  cookies: Cookie[] = [],
  headers = {},
): HttpResponse {
  return { status, headers: { ...PRIVATE, ...NO_PAGE, Location: location, ...headers }, cookies };
}

/**
 * An HTML page. Its policy allows the one style sheet, the one script if it has that, and what its markup needs. A page with
 * a form sends its own origin a referrer, because `Origin` would be `null` without.
 */
export function page(
  settings: SignOutSettings,
  body: string,
  status = 200,
  headers = {},
): HttpResponse {
  const hasForm = body.includes("<form");
  const policy = [
    "default-src 'none'",
    `style-src '${STYLE_HASH}'`,
    "img-src 'self' data:",
    ...(body.includes("<script>") ? [`script-src '${SCRIPT_HASH}'`, "connect-src 'self'"] : []),
    `form-action ${hasForm ? formTargets(settings) : "'none'"}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    status,
    headers: {
      ...PRIVATE,
      ...(hasForm && { "Referrer-Policy": "same-origin" }),
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy.join("; "),
      "X-Frame-Options": "DENY",
      "Cross-Origin-Opener-Policy": "same-origin",
      ...BY_LANGUAGE,
      ...headers,
    },
    body,
  };
}

/**
 * `form-action` holds for every redirect that answers a form (CSP Level 3 §6.4.1). The provider may go on to hosts that this
 * app does not know: of a federation, of personal accounts, a custom domain.
 */
function formTargets(settings: SignOutSettings): string {
  return localProvider(settings) ? "'self' https: http:" : "'self' https:";
}

/**
 * The answer in the provider's hidden frame, which only the provider's pages may frame.
 *
 * @param metadata The copy at hand, since the sign-out page may have an origin of its own.
 */
export function framed(
  settings: SignOutSettings,
  metadata: Pick<ProviderMetadata, "end_session_endpoint"> | undefined,
  status: number,
  text: string,
  headers = {},
): HttpResponse {
  const ancestors = [...authorityOrigins(settings), ...signOutOrigin(metadata)];
  return {
    status,
    headers: {
      ...PRIVATE,
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; frame-ancestors ${[...new Set(ancestors)].join(" ")}`,
      ...headers,
    },
    body: text,
  };
}

/** @returns none unless it is a web address, because it goes into a header. */
function signOutOrigin(
  metadata: Pick<ProviderMetadata, "end_session_endpoint"> | undefined,
): string[] {
  const address = metadata?.end_session_endpoint ?? "";
  const { protocol, origin } = URL.canParse(address) ? new URL(address) : {};
  return origin && /^https?:$/.test(protocol ?? "") ? [origin] : [];
}
