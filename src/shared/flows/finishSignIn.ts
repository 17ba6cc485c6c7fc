import {
  BadRequest,
  InteractionRequired,
  type LightsoutError,
  SignInOvertaken,
  SignInRejected,
} from "../base/errors.ts";
import type { Context } from "../context.ts";
import { readForm } from "../http/form.ts";
import type { HttpRequest } from "../http/types.ts";
import { redirectUri } from "../identity/authorize.ts";
import { endedSessionCookie } from "../session/sessionCookie.ts";
import { endOf, readSignIns } from "../session/signInCookie.ts";
import { giveBack, useOnce } from "../store/replayGuard.ts";
import { newSession } from "./newSession.ts";
import { redeemCode } from "./redeemCode.ts";
import { type Answered, logRefusal, readState, startAgain } from "./resumeSignIn.ts";

/**
 * Takes the provider's answer (OpenID Connect Core §3.1.2.5, form post): redeems the code once, validates the ID token,
 * stores the tokens, and makes the session. An answer that comes too late or twice goes on to resumeSignIn.ts.
 *
 * @throws {SignInRejected} The `state` is not ours.
 * @throws {AppRefused} @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable}
 * @throws {StoreUnavailable} @throws {BadRequest}
 */
export async function finishSignIn(context: Context, request: HttpRequest): Promise<Answered> {
  const { settings, store, keyring, now } = context;
  const form = await readForm(request);
  const state = form.get("state") ?? "";
  const goal = readState(context, state);
  const late = `${redirectUri(settings)}?${new URLSearchParams({ state })}`;
  const signIns = readSignIns(keyring, request, now());
  const signIn = signIns.find(({ transaction }) => transaction.id === goal.id);
  if (signIn === undefined) return { location: late, cookies: [] };

  const { pending, noCookie } = signIn;
  const location = settings.origin + goal.returnTo;
  try {
    if (pending.silent && SILENTLY_IMPOSSIBLE.has(form.get("error") ?? "")) {
      return { location, cookies: [noCookie] };
    }
    const code = codeOf(form);
    const use = [store, `state ${goal.id}`, endOf(pending)] as const;
    if (!(await useOnce(...use))) return { location: late, cookies: [noCookie] };
    const redeemed = await redeemCode(context, code, signIn, goal.scopes).catch(async (error) => {
      // A stranger may have posted a made-up code. So the right is given back, for the real answer. Only the holder of
      // the right redeems, and a refused code stays refused.
      if (isCodeRefused(error)) await giveBack(...use);
      throw error;
    });
    const answered = { ...redeemed, sessionState: form.get("session_state") };
    const session = await newSession(context, request, answered, signIn, signIns);
    return { location, cookies: [...session.cookies, noCookie], headers: session.headers };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const more = error instanceof InteractionRequired ? error : undefined;
    if (pending.silent && more) return { location, cookies: [noCookie] };
    logRefusal(context, error);
    const cookies = [noCookie];
    // With this cookie, the sign-in that the page leads to has seen the tombstone. It is not held back again.
    if (error instanceof SignInOvertaken)
      cookies.push(endedSessionCookie(keyring, request, error.indexKeys));
    return { location: startAgain(context, goal, more), cookies, refused: error };
  }
}

/** Whether the token endpoint refused the code (RFC 6749 §5.2). */
function isCodeRefused(error: unknown): boolean {
  return error instanceof SignInRejected && error.reason === "code_refused";
}

/** The provider's errors when `prompt=none` is not possible (OpenID Connect Core §3.1.2.6). */
const SILENTLY_IMPOSSIBLE = new Set([
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

/** Whether the same answer would fail again. */
function isRefusal(error: unknown): error is LightsoutError {
  const kinds = [SignInRejected, SignInOvertaken, InteractionRequired, BadRequest];
  return kinds.some((kind) => error instanceof kind);
}

/** @throws {SignInRejected} The provider answered with an error. @throws {BadRequest} */
function codeOf(form: URLSearchParams): string {
  if (form.has("error")) throw providerError(form.get("error"));
  const code = form.get("code");
  if (code) return code;
  throw new BadRequest((say) => say.noCode);
}

/** The provider's `error_description` is not shown, because anybody can post one here. */
function providerError(error: string | null): SignInRejected {
  return error === "access_denied"
    ? new SignInRejected("access_denied", (say) => say.accessDenied)
    : new SignInRejected("provider_error");
}
