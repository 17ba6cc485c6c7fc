import type { HttpRequest } from "./types.ts";

/** A language range (RFC 4647 §2.1), and its weight (RFC 9110 §12.4.2). */
const RANGE =
  /^\s*(?<tag>[a-z]{1,8}(?:-[a-z\d]{1,8}){0,8}|\*)\s*(?:;\s*q=(?<weight>0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?$/i;

/**
 * The languages of `Accept-Language` (RFC 9110 §12.5.4), the preferred one first. `*` stands for any. Malformed ranges
 * and those of weight 0 are left out.
 */
export function acceptedLanguages(request: HttpRequest): readonly string[] {
  return (request.headers.get("accept-language") ?? "")
    .split(",")
    .map((range) => RANGE.exec(range)?.groups)
    .map((groups) => ({ tag: groups?.tag, weight: Number(groups?.weight ?? 1) }))
    .filter((range): range is { tag: string; weight: number } => !!range.tag && range.weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

/** As many as `/auth/signin` takes. */
const MOST_LOCALES = 10;

/** The same as `ui_locales` (OpenID Connect Core §3.1.2.1). @returns undefined if any language will do. */
export function uiLocales(request: HttpRequest): string | undefined {
  const tags = acceptedLanguages(request).filter((tag) => tag !== "*");
  return tags.slice(0, MOST_LOCALES).join(" ") || undefined;
}
