import type { Settings } from "../config/settings.ts";
import { authorityOrigins } from "../config/settings.ts";
import { STYLE_HASH } from "../pages/style.ts";
import type { Cookie, HttpResponse } from "./types.ts";

/** On every answer: nothing of it is stored, sniffed, or told to the next site (OWASP Secure Headers). */
const PRIVATE = {
  "Cache-Control": "no-store",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** On every answer that is no page of ours: should a browser show it as one, whatever its type says, nothing in it runs. */
const NO_PAGE = {
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
  "X-Frame-Options": "DENY",
  "Cross-Origin-Resource-Policy": "same-origin",
};

export function json(value: unknown, status = 200, headers = {}): HttpResponse {
  return {
    status,
    headers: { ...PRIVATE, ...NO_PAGE, "Content-Type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

/** The same answer, with what every answer of ours carries. */
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
): HttpResponse {
  return { status, headers: { ...PRIVATE, ...NO_PAGE, Location: location }, cookies };
}

/** An HTML page: no script at all, one style sheet, and forms that lead here or to the sign-in pages. */
export function page(settings: Settings, body: string, status = 200, headers = {}): HttpResponse {
  const policy = [
    "default-src 'none'",
    `style-src '${STYLE_HASH}'`,
    "img-src 'self'",
    // The redirect that answers a form counts as well: sign-out leads to the authority.
    `form-action 'self' ${authorityOrigins(settings).join(" ")}`,
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  return {
    status,
    headers: {
      ...PRIVATE,
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policy.join("; "),
      "X-Frame-Options": "DENY",
      "Cross-Origin-Opener-Policy": "same-origin",
      ...headers,
    },
    body,
  };
}

/** The answer in the provider's hidden frame: the one page that others may frame, and exactly they. */
export function framed(
  settings: Settings,
  status: number,
  text: string,
  headers = {},
): HttpResponse {
  return {
    status,
    headers: {
      ...PRIVATE,
      "Content-Type": "text/plain; charset=utf-8",
      "Content-Security-Policy": `default-src 'none'; frame-ancestors ${authorityOrigins(settings).join(" ")}`,
      ...headers,
    },
    body: text,
  };
}
