import type { HttpHandler, HttpRequest, InvocationContext } from "@azure/functions";
import type { Requirements } from "./requirements.ts";
import type { FetchInit } from "./shared/apis/fetchAsUser.ts";
import type { LightsoutError } from "./shared/base/errors.ts";

/** Who is signed in, by the claims of the newest ID token (Microsoft identity platform, ID token claims reference). */
export interface Account {
  /** `<object id>.<tenant id>` in the user's home tenant. It never changes, and names nobody else: use it as a key. */
  readonly homeAccountId: string;
  /** GUID of the tenant that the user signed in to (claim `tid`). For a guest, not the home tenant. */
  readonly tenantId: string;
  /** To show (claim `name`). Empty if the provider gave none. */
  readonly name: string;
  /** To show (claim `preferred_username`), such as `adele@contoso.com`. It may change, and pass to somebody else. */
  readonly username: string;
  /** App roles (claim `roles`), as the provider gave them within `REVALIDATE_MINUTES`. Empty if there are none. */
  readonly roles: readonly string[];
  /** The claims of the ID token that the option `claims` names. One that the token lacks is absent. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** A signed-in user, for as long as one request lasts. */
export interface Session {
  /** Who is signed in. */
  readonly account: Account;
  /** When this browser signed in. */
  readonly signedInAt: Date;
  /** When the session ends at the latest: `SESSION_HOURS` after it began, or earlier if the provider says so. */
  readonly expiresAt: Date;
  /**
   * Gets an access token, from the store or by a refresh (RFC 6749 §6).
   *
   * @param scopes Scopes of one resource: of Microsoft Graph by their name, of another API such as
   * `api://<client id>/Orders.Read`.
   * @param options.claims The claims of a challenge that the resource has answered with, as JSON (OpenID Connect Core
   * §5.5). It asks for a new token that satisfies them.
   * @throws {LightsoutError} Left alone, it becomes the right answer. By `code`:
   * - `ERR_SIGNED_OUT`: the user signed out meanwhile, or the grant was revoked.
   * - `ERR_INTERACTION_REQUIRED`: the user has to consent, or to sign in again.
   * - `ERR_PROVIDER_UNAVAILABLE`, `ERR_STORE_UNAVAILABLE`, `ERR_MANAGED_IDENTITY_UNAVAILABLE`: try again later.
   * - `ERR_APP_REFUSED`, `ERR_SEALING_KEY_MISSING`: the operator has to act. The log says how.
   * @throws {TypeError} Scopes or claims are malformed.
   * @example
   * const token = await session.getToken(["Calendars.Read"]);
   */
  getToken(
    scopes: readonly string[],
    options?: { readonly claims?: string | undefined },
  ): Promise<string>;
  /**
   * `fetch` with such a token, over https (http on this machine). A claims challenge is answered once, with a new token.
   * A redirect to another origin goes there without the token. The answer's body breaks off at most 30 seconds after a
   * sign-out.
   *
   * @throws {LightsoutError} What `getToken` throws, `ERR_INTERACTION_REQUIRED` too where the token is refused; and
   * `ERR_API_UNAVAILABLE`: no answer, or none before `init.signal` timed out. Reading the body throws them as well.
   * @throws {TypeError} Scopes are malformed, or the address is neither https nor on this machine.
   */
  fetch(url: string | URL, init: FetchInit): Promise<Response>;
}

/** A handler of the Functions programming model, with the session as a third argument. */
export type SignedInHandler = (
  request: HttpRequest,
  context: InvocationContext,
  session: Session,
) => ReturnType<HttpHandler>;

/** What an app wraps its own functions with. */
export interface Auth {
  /**
   * Wraps a handler for signed-in users. Anybody else who opens the address as a page goes to sign-in, and comes back to
   * it. Other requests get 401 `application/problem+json` (RFC 9457) with a `signInUrl`, or 403 if the user has just signed
   * in for the same in vain. A request other than `GET`, `HEAD` and `OPTIONS` has to come from a page of this origin, else
   * it gets 403. The answer carries `Cache-Control: no-store`, unless the handler sets another.
   *
   * What the handler throws goes on to the host, except a {@link LightsoutError}, which becomes the right answer. With
   * `enableHttpStream`, the host would never answer: it is logged, and the answer is 500. So it is where an answer cannot be
   * sent, such as one with status 600.
   *
   * @throws {LightsoutError} `ERR_OPTION_INVALID`: one line that names the requirement.
   * @example
   * app.http("hello", {
   *   route: "hello",
   *   authLevel: "anonymous",
   *   handler: auth.signedIn(async (request, context, session) => ({ jsonBody: session.account.name })),
   * });
   */
  signedIn(handler: SignedInHandler): HttpHandler;
  /**
   * The same, for users who meet the requirements.
   *
   * @example
   * app.http("report", {
   *   route: "my/report",
   *   authLevel: "anonymous",
   *   handler: auth.signedIn({ roles: ["Auditor"] }, async (request, context, session) => ({
   *     jsonBody: session.account.roles,
   *   })),
   * });
   */
  signedIn(requirements: Requirements, handler: SignedInHandler): HttpHandler;
}
