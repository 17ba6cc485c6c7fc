import type { HttpHandler, HttpResponse, HttpResponseInit } from "@azure/functions";
import type { Auth, Session, SignedInHandler } from "./auth.ts";
import type { Composition } from "./compose.ts";
import { delivered, uncached, withCookies } from "./handlerAnswer.ts";
import { assertTokenRequest, checkRequirements, type Requirements } from "./requirements.ts";
import { fetchAsUser } from "./shared/apis/fetchAsUser.ts";
import { Forbidden, LightsoutError, OptionInvalid } from "./shared/base/errors.ts";
import type { Context } from "./shared/context.ts";
import type { SignedInSession } from "./shared/session/session.ts";
import { assertStepUp } from "./shared/session/stepUp.ts";
import { cookiesOfUse, enter } from "./shared/web/admission.ts";
import { errorAnswer } from "./shared/web/answers.ts";
import type { DeliveryOf } from "./streamed.ts";

/**
 * @param deliveryOf How the caller of an invocation is answered, if that is over HTTP.
 * @param composition What the context was made of, for {@link takeOver}.
 */
export function createAuth(made: Context, deliveryOf: DeliveryOf, composition: Composition): Auth {
  let context = made;
  function signedIn(requirements: Requirements, handler: SignedInHandler): HttpHandler {
    checkRequirements(requirements);
    const { scopes = [], roles } = requirements;
    return async (request, invocation) => {
      // At once: the way back is forgotten when the caller leaves.
      const delivery = deliveryOf(invocation.invocationId);
      let session: SignedInSession;
      try {
        session = await enter(context, request);
      } catch (error) {
        return errorAnswer(context, request, error);
      }
      let answer: HttpResponseInit | HttpResponse;
      try {
        if (roles) assertRole(session, roles);
        assertStepUp(session, requirements, context.now());
        if (scopes.length > 0) await session.getToken(scopes);
        answer = uncached(await handler(request, invocation, sessionFor(context, session)));
        if (delivery) answer = delivered(answer, delivery, (error) => invocation.error(error));
      } catch (error) {
        if (error instanceof LightsoutError) answer = errorAnswer(context, request, error);
        else if (!delivery) throw error;
        else {
          invocation.error(error);
          answer = { status: 500 };
        }
      }
      return withCookies(answer, cookiesOfUse(context, request, session));
    };
  }
  const auth: Auth = {
    signedIn: (first: Requirements | SignedInHandler, handler?: SignedInHandler) =>
      typeof first === "function" ? signedIn({}, first) : signedIn(first, handler as never),
  };
  takers.set(auth, (make) => {
    context = make(composition);
    return { context, ...composition };
  });
  return auth;
}

type Make = (composition: Composition) => Context;
type TakenOver = Composition & { readonly context: Context };

const takers = new WeakMap<Auth, (make: Make) => TakenOver>();

/** Puts another context in place of the one that an `auth` works with. Only `lightsout/testing` does that. */
export function takeOver(auth: Auth, make: Make): TakenOver {
  const take = takers.get(auth);
  if (take === undefined) throw new OptionInvalid("testUsers takes what lightsout has returned.");
  return take(make);
}

function assertRole({ account }: SignedInSession, roles: readonly string[]): void {
  if (!roles.some((role) => account.roles.includes(role))) throw new Forbidden();
}

function sessionFor(context: Context, session: SignedInSession): Session {
  const { account, signedInAt, expiresAt, getToken } = session;
  return {
    account,
    signedInAt: new Date(signedInAt),
    expiresAt: new Date(expiresAt),
    async getToken(scopes, { claims } = {}) {
      assertTokenRequest(scopes, claims);
      return getToken(scopes, claims ?? undefined);
    },
    async fetch(url, init) {
      assertTokenRequest(init?.scopes);
      return fetchAsUser(context, session, url, init);
    },
  };
}
