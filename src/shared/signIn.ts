import {
  BadRequest,
  InteractionRequired,
  type LightsoutError,
  SignInOvertaken,
  SignInRejected,
} from "./errors.ts";
import { deviceOf } from "./http/device.ts";
import { readForm } from "./http/form.ts";
import type { Cookie, HttpRequest } from "./http/types.ts";
import { redirectUri, scopesToRedeem } from "./identity/authorize.ts";
import type { IdTokenClaims } from "./identity/idToken.ts";
import { CLOCK_TOLERANCE } from "./identity/keySet.ts";
import { isUsableSid } from "./identity/sid.ts";
import type { Redeemed } from "./identity/tokens.ts";
import type { Lightsout } from "./lightsout.ts";
import { type Answered, logRefusal, readState, startAgain } from "./resumeSignIn.ts";
import { lastSessionCookie, readLastSession } from "./session/lastSessionCookie.ts";
import { endedSessionCookie, sessionCookie } from "./session/sessionCookie.ts";
import { endOf, type KnownSignIn, readSignIns } from "./session/signInCookie.ts";
import { endSession } from "./store/endSession.ts";
import { accountPartition } from "./store/keys.ts";
import { takeOnce } from "./store/once.ts";
import { indexKeysOf, type SignIn, storeSignIn } from "./store/signIn.ts";

/**
 * Takes the provider's answer (OpenID Connect Core §3.1.2.5, form post): redeems the code once, validates the
 * ID token, stores the tokens, and makes the session. One that comes too late or twice goes on to
 * resumeSignIn.ts.
 *
 * @throws {SignInRejected} Its `state` is none of ours.
 * @throws {AppRefused} @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable}
 * @throws {StoreUnavailable} @throws {BadRequest}
 */
export async function finishSignIn(app: Lightsout, request: HttpRequest): Promise<Answered> {
  const { settings, store } = app;
  const form = await readForm(request);
  const state = form.get("state") ?? "";
  const goal = readState(app, state);
  const late = `${redirectUri(settings)}?${new URLSearchParams({ state })}`;
  const signIns = readSignIns(store.keyring, request, store.now());
  const signIn = signIns.find(({ attempt }) => attempt.id === goal.id);
  if (signIn === undefined) return { location: late, cookies: [] };

  const { pending, noCookie } = signIn;
  const location = settings.baseUrl + goal.returnTo;
  try {
    if (pending.silent && SILENTLY_IMPOSSIBLE.has(form.get("error") ?? "")) {
      return { location, cookies: [noCookie] };
    }
    const code = codeOf(form);
    if (!(await takeOnce(store, `state ${goal.id}`, endOf(pending)))) {
      return { location: late, cookies: [noCookie] };
    }
    const browser = browserOf(app, request, signIn, signIns);
    const session = await redeem(app, request, signIn, goal.scopes, code, form, browser);
    return { location, cookies: [...session, noCookie] };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const more = error instanceof InteractionRequired ? error : undefined;
    if (pending.silent && more) return { location, cookies: [noCookie] };
    logRefusal(app, error);
    const cookies = [noCookie];
    // The sign-in that the page leads to has seen the sign-out: nobody gets that page twice for one.
    if (error instanceof SignInOvertaken)
      cookies.push(endedSessionCookie(store.keyring, error.indexKeys));
    return { location: startAgain(app, goal, more), cookies, refused: error };
  }
}

/** What the provider answers when it was to show nothing and would have to (OpenID Connect Core §3.1.2.6). */
const SILENTLY_IMPOSSIBLE = new Set([
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

/** What trying the same once more would not change. */
function isRefusal(error: unknown): error is LightsoutError {
  const kinds = [SignInRejected, SignInOvertaken, InteractionRequired, BadRequest];
  return kinds.some((kind) => error instanceof kind);
}

/** @throws {SignInRejected} The provider answered with an error. @throws {BadRequest} */
function codeOf(form: URLSearchParams): string {
  if (form.has("error")) throw providerError(form.get("error"));
  const code = form.get("code");
  if (code) return code;
  throw new BadRequest("The sign-in page's answer has no code in it.");
}

/** What is known of the browser's other sign-ins: those under way, and the one that was done last. */
function browserOf(
  { store }: Lightsout,
  request: HttpRequest,
  { pending, attempt }: KnownSignIn,
  signIns: readonly KnownSignIn[],
) {
  const last = readLastSession(store.keyring, request);
  const before = pending.replaces;
  const others = [...signIns.map(({ attempt }) => attempt.sessionId), last?.sessionId ?? ""];
  return {
    replaced: [
      ...(before ? [before] : []),
      ...(last && last.sessionId !== before?.sessionId ? [last] : []),
    ],
    sessionIds: [
      attempt.sessionId,
      // What was there when it started is replaced, never taken over.
      ...others.filter((id) => id && id !== before?.sessionId),
    ],
  };
}

/** From the code to the session's cookies. */
async function redeem(
  app: Lightsout,
  request: HttpRequest,
  { pending, attempt }: KnownSignIn,
  scopes: readonly string[],
  code: string,
  form: URLSearchParams,
  { replaced, sessionIds }: ReturnType<typeof browserOf>,
): Promise<Cookie[]> {
  const { settings, store } = app;
  const asked = scopesToRedeem(scopes);
  const redeemed = await app.tokens.redeem(code, redirectUri(settings), asked, attempt);
  const claims = await app.idTokens.validate(redeemed.idToken, attempt.nonce);
  assertSameUser(redeemed, claims);
  assertRecent(claims, pending);
  const metadata = await app.metadata.get();

  const partition = accountPartition(redeemed.homeAccountId);
  const now = store.now();
  for (const other of replaced) {
    if (other.partition === partition) continue;
    // Somebody else was signed in with this browser.
    if (!(await endSession(store, other))) continue;
    store.log("info", "session.replaced", { account: other.partition });
  }
  const signIn: SignIn = {
    session: {
      homeAccountId: redeemed.homeAccountId,
      tenantId: claims.tid,
      identity: { iss: claims.iss, sub: claims.sub, oid: claims.oid },
      name: claims.name,
      username: claims.preferred_username,
      device: deviceOf(request.headers.get("user-agent")),
      issuedAt: claims.iat * 1_000,
      signedInAt: now,
      expiresAt: now + settings.sessionLifetime,
    },
    cache: redeemed.cache,
    sids: sidsOf(claims, form.get("session_state")),
    subject: metadata.backchannel_logout_supported ? claims.sub : undefined,
    start: { at: pending.startedAt, seen: pending.seen },
    replaces: pending.replaces,
    sessionIds,
  };
  const indexKeys = indexKeysOf(signIn);
  const ref = await storeSignIn(store, signIn).catch((error) => {
    throw error instanceof SignInOvertaken ? new SignInOvertaken(indexKeys) : error;
  });
  store.log("info", "signin.done", { account: ref.partition, sidClaim: claims.sid !== undefined });
  if (claims.sid === undefined) warnOfMissingSid(app);

  const logoutHint = hintForCookie(claims.login_hint);
  const ticket = { ...ref, indexKeys, logoutHint };
  return [
    sessionCookie(store.keyring, ticket, settings.sessionLifetime),
    lastSessionCookie(store.keyring, ref),
  ];
}

/**
 * The signed claim counts; `session_state`, which Entra gives the same value, only where the claim is not
 * configured. One that no sign-out could name is none: it is unsigned, and nobody has said that it is a `sid`.
 */
function sidsOf({ sid }: IdTokenClaims, sessionState: string | null): string[] {
  const known = sid ?? sessionState;
  return isUsableSid(known) ? [known] : [];
}

/** Bytes that a hint may take in the cookie. */
const MAX_HINT = 2_048;

/** Browsers drop a cookie of more than 4096 characters; without the hint, sign-out only asks which account. */
function hintForCookie(hint: string | undefined): string | undefined {
  return hint && Buffer.byteLength(JSON.stringify(hint)) <= MAX_HINT ? hint : undefined;
}

const warned = new WeakSet<Lightsout>();

/** Once per process: without the claim, a sign-out elsewhere finds its session only while `session_state` equals `sid`. */
function warnOfMissingSid(app: Lightsout): void {
  if (warned.has(app)) return;
  warned.add(app);
  app.store.log("warn", "signin.sid_claim_missing", {
    fix: "Add the optional claim sid to the ID token in the app registration (Token configuration).",
  });
}

/** `client_info` names the account but is not signed: in the user's home tenant it has to agree with the ID token. */
function assertSameUser({ homeAccountId }: Redeemed, { oid, tid }: IdTokenClaims): void {
  const [uid, homeTenant] = homeAccountId.toLowerCase().split(".");
  const agrees = homeTenant !== tid.toLowerCase() || uid === oid.toLowerCase();
  if (!homeTenant || !agrees) throw new SignInRejected("client_info_mismatch");
}

/** Where a sign-in was to be recent, the provider has to say that it is (OpenID Connect Core §3.1.3.7, rule 13). */
function assertRecent(
  { auth_time }: IdTokenClaims,
  { startedAt, maxAge }: KnownSignIn["pending"],
): void {
  if (maxAge === undefined) return;
  const oldest = startedAt / 1_000 - maxAge - CLOCK_TOLERANCE;
  if (auth_time !== undefined && auth_time >= oldest) return;
  throw new SignInRejected(
    "auth_time",
    "This needs a sign-in that is more recent than yours, or the sign-in service does not say how old yours is.",
  );
}

/** The provider's `error_description` is shown nowhere: anybody can post one here. */
function providerError(error: string | null): SignInRejected {
  return error === "access_denied"
    ? new SignInRejected(
        "access_denied",
        "You did not agree to what this app asks for, so you are not signed in.",
      )
    : new SignInRejected("provider_error");
}
