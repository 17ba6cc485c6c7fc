import type { Context, SignOutContext } from "../context.ts";
import type { HttpRequest, HttpResponse } from "../http/types.ts";
import type { SignedInSession } from "../session/session.ts";
import { cookiesOfUse, enter } from "./admission.ts";
import { errorAnswer, pageAnswer, problemAnswer } from "./answers.ts";

export type Handler<Invocation = unknown> = (
  request: HttpRequest,
  invocation: Invocation,
) => Promise<HttpResponse>;

/** Wraps a handler for programs: errors become `application/problem+json`. */
export function api<Invocation>(
  context: SignOutContext,
  handler: Handler<Invocation>,
): Handler<Invocation> {
  return answering(handler, (request, error) => problemAnswer(context, request, error));
}

/** Wraps a handler for people: errors become a page, or lead to sign-in and back if that solves them. */
export function webPage<Invocation>(
  context: SignOutContext,
  handler: Handler<Invocation>,
): Handler<Invocation> {
  return answering(handler, (request, error) => pageAnswer(context, request, error));
}

function answering<Invocation>(
  handler: Handler<Invocation>,
  answer: (request: HttpRequest, error: unknown) => HttpResponse,
): Handler<Invocation> {
  return async (request, invocation) => {
    try {
      return await handler(request, invocation);
    } catch (error) {
      return answer(request, error);
    }
  };
}

/** Wraps a handler for signed-in users. Everybody else is sent to sign-in. */
export function signedIn<Invocation>(
  context: Context,
  handler: (
    request: HttpRequest,
    invocation: Invocation,
    session: SignedInSession,
  ) => Promise<HttpResponse>,
): Handler<Invocation> {
  const handled: Handler<Invocation> = async (request, invocation) => {
    const session = await enter(context, request);
    const answer = await handler(request, invocation, session).catch((error) =>
      errorAnswer(context, request, error),
    );
    return { ...answer, cookies: cookiesOfUse(context, request, session) };
  };
  return answering(handled, (request, error) => errorAnswer(context, request, error));
}
