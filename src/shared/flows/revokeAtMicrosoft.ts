import { revokeSignInSessions } from "../apis/revokeSignInSessions.ts";
import { kindsOf } from "../base/causes.ts";
import { SignedOut } from "../base/errors.ts";
import { within } from "../base/within.ts";
import type { Context } from "../context.ts";
import type { HttpRequest } from "../http/types.ts";
import { TimeoutError } from "../net/open.ts";
import type { Revocation } from "../session/revocationCookie.ts";
import type { SessionTicket } from "../session/sessionCookie.ts";
import { readSession, type SessionRead } from "../store/accounts.ts";
import { isServed } from "../web/admission.ts";

/** How long a sign-out waits for the tokens, which it does not need for itself. Milliseconds. */
const OPENING_MS = 2_000;
/** How long it waits for Microsoft, once everything here is deleted. Milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Unseals the session whose tokens are to ask Microsoft, before the sign-out deletes them. A failure stops no sign-out.
 * @returns undefined when there is none, it is idle, it is bound to another device, or nobody can tell.
 */
export async function unsealBeforeSignOut(
  context: Context,
  request: HttpRequest,
  ticket: SessionTicket,
): Promise<SessionRead | undefined> {
  try {
    const reading = readSession(context.store, ticket);
    const found = await within(context.sleep, OPENING_MS, reading, () => undefined);
    return found && isServed(context, request, found, ticket) ? found : undefined;
  } catch {
    return undefined;
  }
}

type Asking = Pick<Context, "open" | "turnsAt" | "settings" | "tokens" | "sleep" | "now" | "log">;

/**
 * Asks Microsoft to end all of the user's sessions, with tokens that were unsealed before the sign-out deleted them. What they
 * are refreshed to is not stored. A failure is an outcome like any other.
 */
export async function revokeAtMicrosoft(
  context: Asking,
  ticket: Pick<SessionTicket, "partition"> | undefined,
  unsealed: SessionRead | undefined,
): Promise<Revocation> {
  if (ticket === undefined) return "notAsked";
  const account = ticket.partition;
  let isAsked = false;
  try {
    if (unsealed === undefined) throw new SignedOut();
    const started = context.now();
    await inTime(context, async (signal) => {
      const getToken = async (scopes: readonly string[], claims?: string) => {
        const token = await tokenFrom(context, unsealed, scopes, claims);
        signal.throwIfAborted();
        isAsked = true;
        return token;
      };
      await revokeSignInSessions(context, { account: unsealed.session, getToken }, signal);
    });
    context.log("info", "signout.provider", { account, ms: context.now() - started });
    return "accepted";
  } catch (error) {
    const outcome = isAsked ? "unconfirmed" : "notAsked";
    context.log("warn", "signout.provider_failed", { account, outcome, error: kindsOf(error) });
    return outcome;
  }
}

async function tokenFrom(
  { settings, tokens, now }: Asking,
  { session, content }: SessionRead,
  scopes: readonly string[],
  claims: string | undefined,
): Promise<string> {
  const { homeAccountId, tenantId, identity } = session;
  const wanted = { homeAccountId, tenantId, scopes, claims };
  const held = content.findAccessToken({ ...wanted, clientId: settings.clientId }, now());
  if (held !== undefined) return held;
  const result = await tokens.refresh(content.cache, { ...wanted, identity });
  if ("refused" in result) throw result.refused;
  return result.accessToken;
}

/** @param ask Sends nothing more once its signal is aborted. @throws {TimeoutError} */
async function inTime(
  { sleep }: Asking,
  ask: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const over = new AbortController();
  try {
    await within(sleep, PATIENCE_MS, ask(over.signal), () => {
      throw new TimeoutError(`There was no answer within ${PATIENCE_MS} ms.`);
    });
  } finally {
    over.abort();
  }
}
