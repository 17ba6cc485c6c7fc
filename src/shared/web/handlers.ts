import { kindsOf, urlIn } from "../base/causes.ts";
import {
  LightsoutError,
  SealingKeyMissing,
  SessionIdle,
  SettingInvalid,
  SignedOut,
} from "../base/errors.ts";
import type { Context, SignOutContext } from "../context.ts";
import { assertSameOrigin } from "../http/sameOrigin.ts";
import type { Cookie, HttpRequest, HttpResponse } from "../http/types.ts";
import { confirmSession } from "../session/confirm.ts";
import { isIdle, isIdleForAll, useCookies } from "../session/idle.ts";
import { findSession, type SignedInSession } from "../session/session.ts";
import { noSessionCookie, readSessionCookie } from "../session/sessionCookie.ts";
import type { SessionRead } from "../store/accounts.ts";
import { endSession } from "../store/endSession.ts";
import type { SessionRef } from "../store/signIn.ts";
import { faultFields } from "../table/tableFault.ts";
import { errorPage } from "./pages/errorPage.ts";
import { type Problem, problemOf, signInUrl } from "./problem.ts";
import { BY_LANGUAGE, json, page, redirect } from "./responses.ts";
import { type View, viewOf } from "./view.ts";

export type Handler<Invocation = unknown> = (
  request: HttpRequest,
  invocation: Invocation,
) => Promise<HttpResponse>;

/** For programs: errors become `application/problem+json`. */
export function api<Invocation>(
  context: SignOutContext,
  handler: Handler<Invocation>,
): Handler<Invocation> {
  return async (request, invocation) => {
    try {
      return await handler(request, invocation);
    } catch (error) {
      return problemAnswer(context, request, error);
    }
  };
}

/** What a program is told about an error. */
export function problemAnswer(
  context: SignOutContext,
  request: HttpRequest,
  error: unknown,
): HttpResponse {
  const { language } = viewOf(context, request);
  const { signIn, retryAfter, ...body } = problemOf(error, language);
  if (body.status >= 500) logFault(context, error);
  const link = signIn && { signInUrl: signInUrl(context.settings.baseUrl, signIn) };
  const answer = json({ ...body, ...link }, body.status, {
    "Content-Type": "application/problem+json",
    "Content-Language": language.tag,
    ...BY_LANGUAGE,
    ...(retryAfter && { "Retry-After": String(retryAfter) }),
  });
  return withoutIdleSession(context, request, error, answer);
}

/**
 * For people: errors become a page, and being signed out leads to sign-in and back. Whoever is signed in and
 * has to sign in again gets a link instead: a provider that keeps asking would lead round in circles.
 */
export function webPage<Invocation>(
  context: SignOutContext,
  handler: Handler<Invocation>,
): Handler<Invocation> {
  return async (request, invocation) => {
    try {
      return await handler(request, invocation);
    } catch (error) {
      const view = viewOf(context, request);
      const problem = problemOf(error, view.language);
      if (problem.status >= 500) logFault(context, error);
      const { signIn } = problem;
      const { pathname, search } = new URL(request.url);
      const returnTo = request.method === "GET" ? pathname + search : undefined;
      const link = signIn && signInUrl(context.settings.baseUrl, signIn, returnTo);
      const goesOn = link && returnTo && signIn.scopes.length === 0;
      const answer = goesOn ? redirect(302, link) : problemPage(context, view, problem, link);
      return withoutIdleSession(context, request, error, answer);
    }
  };
}

/** A page that says what went wrong. @param link Where signing in solves it. */
export function errorAnswer(
  context: SignOutContext,
  request: HttpRequest,
  error: unknown,
  link: string,
): HttpResponse {
  const view = viewOf(context, request);
  return problemPage(context, view, problemOf(error, view.language), link);
}

function problemPage(
  context: SignOutContext,
  view: View,
  problem: Problem,
  link: string | undefined,
): HttpResponse {
  const { status, retryAfter } = problem;
  const headers = retryAfter ? { "Retry-After": String(retryAfter) } : {};
  return page(context.settings, errorPage(view, problem, link), status, headers);
}

/** A wrong setting and a missing key fail many requests: a line a minute is enough. */
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

/**
 * The session of the browser that sent the request; undefined when it is signed out. One point read; once in a while
 * a refresh, by which the provider confirms it.
 *
 * @throws {SessionIdle} It was not used for too long. @throws {InteractionRequired} Only a new sign-in can confirm it.
 * @throws {StoreUnavailable}
 * @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable} @throws {AppRefused} For an hour.
 */
export async function sessionOf(
  context: Context,
  request: HttpRequest,
): Promise<SignedInSession | undefined> {
  const { settings, store, keyring } = context;
  const { revalidatePeriod } = settings;
  const begun = context.now();
  return findOf(context, request, async (found, ticket) => {
    const { sessionId } = ticket;
    const { session } = found;
    if (isIdle({ keyring, request, sessionId, ...session }, settings, begun)) {
      const isOver = isIdleForAll(session, settings, begun);
      if (isOver && (await endSession(store, ticket))) {
        context.log("info", "session.idle", { account: ticket.partition });
      }
      throw new SessionIdle();
    }
    if (revalidatePeriod === 0) return found;
    return await confirmSession(context, ticket, found, revalidatePeriod, begun);
  });
}

/** The same for a sign-in, which nothing holds back: nobody is asked, and whoever was idle is signed out. */
export function knownSession(
  context: Context,
  request: HttpRequest,
): Promise<SignedInSession | undefined> {
  const { settings, keyring, now } = context;
  return findOf(context, request, async (found, { sessionId }) => {
    const use = { keyring, request, sessionId, ...found.session };
    return isIdle(use, settings, now()) ? undefined : found;
  });
}

/** What the answer to a request that has used the session takes along, now and then: when that was. */
export function cookiesOfUse(
  { settings, keyring, now }: Context,
  request: HttpRequest,
  { signedInAt }: SignedInSession,
): Cookie[] {
  const { sessionId = "" } = readSessionCookie(keyring, request) ?? {};
  return useCookies({ keyring, request, sessionId, signedInAt }, settings, now());
}

/** An answer to that error: the cookie of a session that was not used for too long goes. */
export function withoutIdleSession(
  { keyring }: Pick<SignOutContext, "keyring">,
  request: HttpRequest,
  error: unknown,
  answer: HttpResponse,
): HttpResponse {
  if (!(error instanceof SessionIdle)) return answer;
  const ticket = readSessionCookie(keyring, request);
  return { ...answer, cookies: noSessionCookie(keyring, request, ticket) };
}

async function findOf(
  context: Context,
  request: HttpRequest,
  admit: (found: SessionRead, ticket: SessionRef) => Promise<SessionRead | undefined>,
): Promise<SignedInSession | undefined> {
  const ticket = readSessionCookie(context.keyring, request);
  if (ticket === undefined) return undefined;
  const { clientId } = context.settings;
  return findSession(context, clientId, ticket, (found) => admit(found, ticket));
}

/**
 * The session of who sent the request. One that may change something has to come from this origin.
 *
 * @throws {CrossSiteRequest} @throws {SignedOut} @throws {StoreUnavailable}
 */
export async function enter(context: Context, request: HttpRequest): Promise<SignedInSession> {
  if (!SAFE_METHODS.has(request.method)) assertSameOrigin(request, context.settings.origin);
  const session = await sessionOf(context, request);
  if (session === undefined) throw new SignedOut();
  return session;
}

/** They change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);

/** Turns a handler that takes a session into one for signed-in users; everybody else is answered 401. */
export function signedIn<Invocation>(
  context: Context,
  handler: (
    request: HttpRequest,
    invocation: Invocation,
    session: SignedInSession,
  ) => Promise<HttpResponse>,
): Handler<Invocation> {
  return api(context, async (request, invocation) => {
    const session = await enter(context, request);
    const answer = await handler(request, invocation, session).catch((error) =>
      problemAnswer(context, request, error),
    );
    return { ...answer, cookies: cookiesOfUse(context, request, session) };
  });
}
