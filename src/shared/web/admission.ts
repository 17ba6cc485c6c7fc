import { DeviceUnproven, SessionIdle, SessionUnbound, SignedOut } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { assertSameOrigin } from "../http/sameOrigin.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { isAllowed, issuesFor } from "../identity/letIn.ts";
import { type Standing, standingOf } from "../session/bound.ts";
import { confirmSession } from "../session/confirm.ts";
import { isIdle, isIdleForAll, useCookies } from "../session/idle.ts";
import { findSession, type SignedInSession } from "../session/session.ts";
import { readSessionCookie } from "../session/sessionCookie.ts";
import type { SessionRead } from "../store/accounts.ts";
import { endSession } from "../store/endSession.ts";
import type { HeldSession } from "../store/segments.ts";

/**
 * The session of the request's browser. It takes one point read, and when a confirmation is due, a refresh.
 *
 * @returns undefined when the browser is signed out.
 * @throws {SessionIdle} It was unused for too long. @throws {InteractionRequired} Only a new sign-in can confirm it.
 * @throws {SessionUnbound} Only a browser that binds sessions gets on. @throws {DeviceUnproven} This one could not prove itself.
 * @throws {StoreUnavailable}
 * @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable} @throws {AppRefused} It has not been confirmed for an hour.
 */
export async function sessionOf(
  context: Context,
  request: HttpRequest,
): Promise<SignedInSession | undefined> {
  const { settings, store, keyring } = context;
  const { revalidatePeriod } = settings;
  const begun = context.now();
  return admitted(context, request, async (found, ticket) => {
    const { sessionId } = ticket;
    const { session } = found;
    const standing = standingIn(context, request, found, ticket, begun);
    if (standing === "barred") {
      context.dampedLog("warn", "session.refused", { reason: "tenant_not_allowed" });
      return undefined;
    }
    if (standing === "unbound") {
      context.log("info", "session.unbound", { account: ticket.partition });
      throw new SessionUnbound();
    }
    if (standing === "unproven") throw new DeviceUnproven();
    if (standing === "copied") {
      context.log("warn", "binding.refused", { account: ticket.partition });
      return undefined;
    }
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

/** The same for a sign-in, which does not wait for the provider. A session that is not served counts as signed out. */
export function knownSession(
  context: Context,
  request: HttpRequest,
): Promise<SignedInSession | undefined> {
  return admitted(context, request, async (found, ticket) =>
    isServed(context, request, found, ticket) ? found : undefined,
  );
}

/** Whether a session is in use, and the browser's, and its tenant let in. The provider is not asked. */
export function isServed(
  context: Context,
  request: HttpRequest,
  found: SessionRead,
  ticket: HeldSession,
): boolean {
  const { settings, keyring, now } = context;
  if (standingIn(context, request, found, ticket, now()) !== "served") return false;
  const { sessionId } = ticket;
  return !isIdle({ keyring, request, sessionId, ...found.session }, settings, now());
}

/** `barred`: settings have changed since the sign-in, and do not let its tenant in. */
function standingIn(
  { settings, keyring, metadata }: Context,
  request: HttpRequest,
  { entry, session: { tenantId } }: SessionRead,
  { sessionId }: HeldSession,
  now: number,
): Standing | "barred" {
  const issuer = metadata.peek()?.issuer ?? "";
  if (!isAllowed(tenantId, settings.allowedTenants) || !issuesFor(tenantId, issuer)) {
    return "barred";
  }
  return standingOf(keyring, request, sessionId, entry, settings.sessionBinding, now);
}

/** The cookies that an answer needs after a use of the session: the time of the use, if it is due. */
export function cookiesOfUse(
  { settings, keyring, now }: Context,
  request: HttpRequest,
  { signedInAt }: SignedInSession,
): Cookie[] {
  if (settings.idleLimit === 0) return [];
  const { sessionId = "" } = readSessionCookie(keyring, request) ?? {};
  return useCookies({ keyring, request, sessionId, signedInAt }, settings, now());
}

async function admitted(
  context: Context,
  request: HttpRequest,
  admit: (found: SessionRead, ticket: HeldSession) => Promise<SessionRead | undefined>,
): Promise<SignedInSession | undefined> {
  const ticket = readSessionCookie(context.keyring, request);
  if (ticket === undefined) return undefined;
  const { clientId } = context.settings;
  return findSession(context, clientId, ticket, (found) => admit(found, ticket));
}

/**
 * The session of a request. A request that may change something has to come from this origin.
 *
 * @throws {CrossSiteRequest} @throws {SignedOut} @throws {StoreUnavailable}
 */
export async function enter(context: Context, request: HttpRequest): Promise<SignedInSession> {
  if (!SAFE_METHODS.has(request.method)) assertSameOrigin(request, context.settings.origin);
  const session = await sessionOf(context, request);
  if (session === undefined) throw new SignedOut();
  return session;
}

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE_METHODS = new Set(["GET", "HEAD", "OPTIONS"]);
