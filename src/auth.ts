import type {
  HttpHandler,
  HttpRequest,
  HttpResponse,
  HttpResponseInit,
  InvocationContext,
} from "@azure/functions";
import { Forbidden, LightsoutError } from "./shared/base/errors.ts";
import type { Context } from "./shared/context.ts";
import type { SignedInSession } from "./shared/session/session.ts";
import { enter, problemAnswer } from "./shared/web/handlers.ts";

/** Who is signed in, as the ID token of the sign-in said it. */
export interface Account {
  /** `<object id>.<tenant id>` in the user's home tenant: never changes, and names nobody else. */
  readonly homeAccountId: string;
  /** GUID of the tenant that the user signed in to. */
  readonly tenantId: string;
  /** For showing. Empty where the provider gave none. */
  readonly name: string;
  /** For showing, such as `adele@contoso.com`. It may change, and may be given to somebody else. */
  readonly username: string;
  /** App roles. They are as the provider gave them within `REVALIDATE_MINUTES`. */
  readonly roles: readonly string[];
  /** Those claims of the ID token that the option `claims` names, as far as it has them. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A signed-in user, for as long as one request lasts. */
export interface Session {
  readonly account: Account;
  readonly signedInAt: Date;
  /** When the session ends at the latest. */
  readonly expiresAt: Date;
  /**
   * An access token of one resource with these scopes, from the store or refreshed.
   *
   * @param options.claims The claims of a challenge that the resource has answered with, as JSON: asks for a new token
   * that satisfies it.
   * @throws {LightsoutError} `ERR_SIGNED_OUT`: signed out meanwhile, or the grant was revoked.
   * `ERR_INTERACTION_REQUIRED`: the user has to consent, or to sign in again. `ERR_PROVIDER_UNAVAILABLE`,
   * `ERR_STORE_UNAVAILABLE`, `ERR_MANAGED_IDENTITY_UNAVAILABLE`: time solves it. `ERR_APP_REFUSED`: the operator does.
   * Left alone, each becomes the right answer.
   */
  getToken(
    scopes: readonly string[],
    options?: { readonly claims?: string | undefined },
  ): Promise<string>;
}

/** What has to be so before a handler runs. */
export interface Requirements {
  /** Scopes of one resource, for which a token is there: no work is half done when a consent is missing. */
  readonly scopes?: readonly string[];
  /** App roles, one of which the user needs: 403 `urn:lightsout:problem:forbidden` for who has none of them. */
  readonly roles?: readonly string[];
}

/** A handler of the Functions programming model that is told who is signed in. */
type SignedInHandler = (
  request: HttpRequest,
  context: InvocationContext,
  session: Session,
) => ReturnType<HttpHandler>;

/** What an app gets for its own functions. */
export interface Auth {
  /**
   * Turns a handler into one for signed-in users. Everybody else is answered 401 `application/problem+json` with a
   * `signInUrl`. All but `GET`, `HEAD` and `OPTIONS` have to come from a page of this origin, and are 403 otherwise.
   * The answer is not to be cached, unless the handler says otherwise.
   *
   * @example
   * app.http("hello", {
   *   route: "hello",
   *   authLevel: "anonymous",
   *   handler: auth.signedIn(async (request, context, session) => ({ jsonBody: session.account.name })),
   * });
   */
  signedIn(handler: SignedInHandler): HttpHandler;
  signedIn(requirements: Requirements, handler: SignedInHandler): HttpHandler;
}

/** @param isStreamed Whether the host sends the request of the invocation with this id over HTTP. */
export function createAuth(context: Context, isStreamed: (invocationId: string) => boolean): Auth {
  function signedIn(requirements: Requirements, handler: SignedInHandler): HttpHandler {
    const { scopes = [], roles } = requirements;
    return async (request, invocation) => {
      let session: SignedInSession;
      try {
        session = await enter(context, request);
        if (roles) assertRole(session, roles);
        if (scopes.length > 0) await session.getToken(scopes);
      } catch (error) {
        return problemAnswer(context, request, error);
      }
      try {
        return uncached(await handler(request, invocation, sessionFor(session)));
      } catch (error) {
        if (error instanceof LightsoutError) return problemAnswer(context, request, error);
        if (!isStreamed(invocation.invocationId)) throw error;
        invocation.error(error);
        return { status: 500 };
      }
    };
  }
  return {
    signedIn: (first: Requirements | SignedInHandler, handler?: SignedInHandler) =>
      typeof first === "function" ? signedIn({}, first) : signedIn(first, handler as never),
  };
}

function assertRole({ account }: SignedInSession, roles: readonly string[]): void {
  if (!roles.some((role) => account.roles.includes(role))) throw new Forbidden();
}

function sessionFor({ account, signedInAt, expiresAt, getToken }: SignedInSession): Session {
  return {
    account,
    signedInAt: new Date(signedInAt),
    expiresAt: new Date(expiresAt),
    getToken: (scopes, { claims } = {}) => getToken(scopes, claims),
  };
}

/** The answer with `Cache-Control: no-store`, unless the handler said otherwise. None is 204, as on the host. */
function uncached(
  answer: HttpResponseInit | HttpResponse | undefined,
): HttpResponseInit | HttpResponse {
  if (answer === undefined || answer === null) return uncached({ status: 204 });
  if (typeof answer !== "object") return answer;
  const headers = new Headers(answer.headers);
  if (headers.has("cache-control")) return answer;
  // What was made with `new HttpResponse()` keeps all that it has behind getters.
  if ("bodyUsed" in answer) answer.headers.set("cache-control", "no-store");
  else {
    headers.set("cache-control", "no-store");
    return { ...answer, headers };
  }
  return answer;
}
