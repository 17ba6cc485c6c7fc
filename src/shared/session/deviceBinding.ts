import type { HttpRequest } from "../http/types.ts";

/*
 * Device Bound Session Credentials (W3C draft) on the wire, as Chromium 156 has them:
 * - They need https.
 * - Proofs and session ids come without quotes. The draft quotes them, so both are taken.
 * - A proof says only `jti`, the challenge. It has no `aud` and no `iat`: the challenge has to say whose and how old it is.
 * - Registration is asked for on a redirect too. The page after it is asked for before the registration.
 * - Registration and refresh carry the cookies that their initiator would: after a post or a link of another site none
 *   with SameSite=Lax, and none is set then. Without `allowed_refresh_initiators`, such a link refreshes nothing.
 * - `scope` and its exclusions are heeded: what is excluded does not wait for a refresh.
 * - A request whose refresh has failed is sent without the bound cookie, and says so.
 * - A private window binds its sessions too, to keys that go with it.
 */

/** Asks the browser to make a key, and to send it to the path. */
export function registrationHeader(path: string, challenge: string): Record<string, string> {
  return {
    "Secure-Session-Registration": `(ES256);path="${path}";challenge="${challenge}"`,
  };
}

/** Asks the browser to come again with a proof. */
export function challengeHeader(session: string, challenge: string): Record<string, string> {
  return { "Secure-Session-Challenge": `"${challenge}";id="${session}"` };
}

/** The JWT by which the browser proves that it has the key. */
export function proofIn(request: HttpRequest): string | undefined {
  return unquoted(request, "secure-session-response");
}

/** Which session the browser wants to refresh. */
export function sessionIn(request: HttpRequest): string | undefined {
  return unquoted(request, "sec-secure-session-id");
}

/** Whether the browser has sent the request although it could not refresh. */
export function hasSkipped(request: HttpRequest): boolean {
  return request.headers.get("secure-session-skipped") !== null;
}

function unquoted(request: HttpRequest, name: string): string | undefined {
  return request.headers.get(name)?.replace(/^"(.*)"$/, "$1");
}

/** What the browser has to do for a session. Nothing waits for it that ends one. */
export function instructions(
  { origin, prefix }: { readonly origin: string; readonly prefix: string },
  session: string,
  cookie: string,
) {
  const free = ["signout", "signed-out", "logout-callback", "sessions/end", "callback"];
  return {
    session_identifier: session,
    refresh_url: `${prefix}/auth/device/refresh`,
    scope: {
      origin,
      include_site: false,
      scope_specification: free.map((route) => ({
        type: "exclude",
        domain: new URL(origin).hostname,
        path: `${prefix}/auth/${route}`,
      })),
    },
    allowed_refresh_initiators: ["*"],
    credentials: [
      { type: "cookie", name: cookie, attributes: "Path=/; Secure; HttpOnly; SameSite=None" },
    ],
  };
}

/** What ends it in the browser. */
export function noMore(session: string) {
  return { session_identifier: session, continue: false };
}
