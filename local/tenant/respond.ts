import { type EntraError, errorBody, errorUri } from "./errors.ts";
import { page, type Reply, redirect } from "./http.ts";
import { formPost } from "./pages.ts";

/** Where and how an authorization response goes. */
export interface RedirectTarget {
  redirectUri: string;
  responseMode: "query" | "fragment" | "form_post";
  state: string | undefined;
}

/** An authorization response (OAuth 2.0 Multiple Response Types; Form Post Response Mode). */
export function respond(
  { redirectUri, responseMode }: RedirectTarget,
  fields: Record<string, string>,
  cookie?: string,
): Reply {
  if (responseMode === "form_post") {
    return page(formPost(redirectUri, fields), cookie === undefined ? {} : { cookie });
  }
  const url = new URL(redirectUri);
  if (responseMode === "fragment") url.hash = new URLSearchParams(fields).toString();
  else for (const [name, value] of Object.entries(fields)) url.searchParams.append(name, value);
  return redirect(url.href, cookie);
}

export function respondError(target: RedirectTarget, error: EntraError, at: number): Reply {
  return respond(target, {
    error: error.error,
    error_description: errorBody(error, at).error_description,
    error_uri: errorUri(error),
    ...(target.state !== undefined && { state: target.state }),
  });
}
