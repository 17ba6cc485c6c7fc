import { kindsOf, urlIn } from "../base/causes.ts";
import {
  InteractionInVain,
  InteractionRequired,
  LightsoutError,
  SealingKeyMissing,
  SessionIdle,
  SessionUnbound,
  SettingInvalid,
  SignedOut,
} from "../base/errors.ts";
import type { SignOutContext } from "../context.ts";
import { isNavigation } from "../http/navigation.ts";
import { signInOptions } from "../http/signInOptions.ts";
import type { HttpRequest, HttpResponse } from "../http/types.ts";
import { isInVain, needOf, recent } from "../session/asked.ts";
import { noSessionCookie, readSessionCookie } from "../session/sessionCookie.ts";
import { faultFields } from "../table/tableFault.ts";
import { errorPage } from "./pages/errorPage.ts";
import { problemOf, statusOf } from "./problem.ts";
import { BY_LANGUAGE, json, page, redirect } from "./responses.ts";
import { signInUrl } from "./signInUrl.ts";
import { viewOf } from "./view.ts";

/** Answers an error on a route that people open and programs call. */
export function errorAnswer(
  context: SignOutContext,
  request: HttpRequest,
  error: unknown,
): HttpResponse {
  const answer = isNavigation(request) ? pageAnswer : problemAnswer;
  return answer(context, request, error);
}

/** Answers an error to a program. */
export function problemAnswer(
  context: SignOutContext,
  request: HttpRequest,
  error: unknown,
): HttpResponse {
  const { language } = viewOf(context, request);
  const { signIn, retryAfter, ...body } = problemOf(error, language);
  if (body.status >= 500) logFault(context, error);
  const link = signIn && signInUrl(context.settings.baseUrl, signIn);
  if (link && isInCircles(context, request, error, link)) {
    return problemAnswer(context, request, new InteractionInVain({ cause: error }));
  }
  const answer = json({ ...body, ...(link && { signInUrl: link }) }, body.status, {
    "Content-Type": "application/problem+json",
    "Content-Language": language.tag,
    ...BY_LANGUAGE,
    ...(retryAfter && { "Retry-After": String(retryAfter) }),
  });
  return withoutIdleSession(context, request, error, answer);
}

/** Answers an error to a person. If signing in solves it, a page that was opened goes there, and comes back to its address. */
export function pageAnswer(
  context: SignOutContext,
  request: HttpRequest,
  error: unknown,
): HttpResponse {
  if (statusOf(error) >= 500) logFault(context, error);
  const { signIn } = problemOf(error, viewOf(context, request).language);
  const { pathname, search } = new URL(request.url);
  const returnTo = request.method === "GET" ? pathname + search : undefined;
  if (error instanceof SessionUnbound) {
    // Going there at once would lead round in circles.
    const again = signInUrl(context.settings.baseUrl, { scopes: [], claims: undefined }, returnTo);
    return explain(context, request, error, again);
  }
  const link = signIn && signInUrl(context.settings.baseUrl, signIn, returnTo);
  if (link && isInCircles(context, request, error, link)) {
    return explain(context, request, new InteractionInVain({ cause: error }), link);
  }
  const answer = link && returnTo ? redirect(302, link) : explain(context, request, error, link);
  return withoutIdleSession(context, request, error, answer);
}

/** A page that says what is wrong. @param link The address where signing in solves it. */
export function explain(
  context: SignOutContext,
  request: HttpRequest,
  error: unknown,
  link?: string,
): HttpResponse {
  const view = viewOf(context, request);
  const problem = problemOf(error, view.language);
  const { status, retryAfter } = problem;
  const headers = retryAfter ? { "Retry-After": String(retryAfter) } : {};
  return page(context.settings, errorPage(view, problem, link), status, headers);
}

/**
 * Whether this browser has just signed in for the same, in vain.
 *
 * @param link The address of the sign-in. What does not fit into it is not asked for.
 */
function isInCircles(
  { keyring, now, log }: SignOutContext,
  request: HttpRequest,
  error: unknown,
  link: string,
): boolean {
  const isAskedAgain =
    error instanceof InteractionRequired
      ? !error.isByTime
      : error instanceof SignedOut && error.isRevoked;
  if (!isAskedAgain) return false;
  const ticket = readSessionCookie(keyring, request);
  const need = needOf(signInOptions(new URL(link).searchParams));
  if (!ticket || !isInVain(recent(ticket.asked ?? [], now()), need)) return false;
  log("warn", "signin.in_vain", { account: ticket.partition });
  return true;
}

/** A wrong setting and a missing key fail many requests, so they get one line a minute. */
export function logFault(
  { log, dampedLog }: Pick<SignOutContext, "log" | "dampedLog">,
  error: unknown,
): void {
  if (error instanceof SettingInvalid) {
    dampedLog("error", "setting.invalid", { reason: error.message });
    return;
  }
  if (error instanceof SealingKeyMissing) {
    dampedLog("error", "cache.key_missing", { reason: error.key });
    return;
  }
  const message = error instanceof LightsoutError ? error.message : "";
  const url = urlIn(error);
  log("error", "request.failed", {
    error: kindsOf(error),
    message,
    ...(url && { url }),
    ...faultFields(error),
  });
}

/** The answer, which also clears the cookie if the error is an idle session. */
export function withoutIdleSession(
  context: Pick<SignOutContext, "keyring">,
  request: HttpRequest,
  error: unknown,
  answer: HttpResponse,
): HttpResponse {
  if (!(error instanceof SessionIdle)) return answer;
  // There may be none where settings are wrong.
  const { keyring } = context;
  const ticket = readSessionCookie(keyring, request);
  return { ...answer, cookies: noSessionCookie(keyring, request, ticket) };
}
