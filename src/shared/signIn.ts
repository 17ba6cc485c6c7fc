import { BadRequest, SignInOvertaken, SignInRejected } from "./errors.ts";
import { deviceOf } from "./http/device.ts";
import { readForm } from "./http/form.ts";
import { returnPath } from "./http/returnPath.ts";
import type { Cookie, HttpRequest } from "./http/types.ts";
import { attemptOf } from "./identity/attempt.ts";
import { type AuthorizeOptions, authorizeUrl, SIGN_IN_SCOPES } from "./identity/authorize.ts";
import type { IdTokenClaims } from "./identity/idToken.ts";
import { isUsableSid } from "./identity/sid.ts";
import type { Redeemed } from "./identity/tokens.ts";
import type { Lightsout } from "./lightsout.ts";
import { readSessionCookie, sessionCookie } from "./session/sessionCookie.ts";
import { readSignInCookie, SIGN_IN_LIFETIME, signInCookie } from "./session/signInCookie.ts";
import { endSession } from "./store/endSession.ts";
import { accountPartition } from "./store/keys.ts";
import { takeOnce } from "./store/once.ts";
import { type SessionRef, storeSignIn } from "./store/signIn.ts";

export interface Redirect {
  readonly location: string;
  readonly cookies: Cookie[];
}

/** Sends the browser to the provider's sign-in page, with a cookie that binds the answer to it. @throws {ProviderUnavailable} */
export async function startSignIn(
  app: Lightsout,
  request: HttpRequest,
  options: AuthorizeOptions & { readonly returnTo: string | undefined },
): Promise<Redirect> {
  const { settings, store } = app;
  const secret = Buffer.from(store.randomBytes(32)).toString("base64url");
  const scopes = [...new Set([...SIGN_IN_SCOPES, ...options.scopes])];
  const pending = {
    secret,
    scopes,
    returnTo: returnPath(options.returnTo, settings.baseUrl),
    replaces: sessionBefore(app, request),
    expiresAt: store.now() + SIGN_IN_LIFETIME,
  };
  const [randomByte = 0] = store.randomBytes(1);
  return {
    location: await authorizeUrl(app.createClient, redirectUri(app), attemptOf(secret), {
      ...options,
      scopes,
    }),
    cookies: [signInCookie(store.keyring, request, pending, randomByte)],
  };
}

/**
 * Takes the provider's answer (OpenID Connect Core §3.1.2.5, form post): redeems the code once, validates the
 * ID token, stores the tokens, and makes the session.
 *
 * @throws {SignInRejected} It is no answer to a sign-in of this browser, or not one to believe.
 * @throws {SignInOvertaken} A sign-out was faster.
 * @throws {InteractionRequired} The provider gives no token until the user has agreed to more.
 * @throws {AppRefused} @throws {ProviderUnavailable} @throws {ManagedIdentityUnavailable}
 * @throws {StoreUnavailable} @throws {BadRequest}
 */
export async function finishSignIn(app: Lightsout, request: HttpRequest): Promise<Redirect> {
  try {
    return await acceptAnswer(app, request);
  } catch (error) {
    if (error instanceof SignInRejected)
      app.store.log("warn", "signin.refused", { reason: error.reason });
    if (error instanceof SignInOvertaken) app.store.log("info", "signin.overtaken");
    throw error;
  }
}

async function acceptAnswer(app: Lightsout, request: HttpRequest): Promise<Redirect> {
  const { settings, store } = app;
  const form = await readForm(request);
  const found = readSignInCookie(store.keyring, request, form.get("state") ?? "", store.now());
  if (found === undefined) {
    throw new SignInRejected(
      "state_unknown",
      `Your browser has no cookie of this sign-in. Start again at ${settings.baseUrl}. If that does not help, allow cookies for this site; on plain http://localhost, use Chrome, Edge or Firefox.`,
    );
  }
  const { pending, attempt } = found;

  if (form.has("error")) throw providerError(form.get("error"));
  const code = form.get("code");
  if (!code) throw new BadRequest("The sign-in page's answer has no code in it.");
  if (!(await takeOnce(store, `state ${attempt.state}`, pending.expiresAt))) {
    throw new SignInRejected("already_redeemed", "This answer has been used. Please start again.");
  }

  const redeemed = await app.tokens.redeem(code, redirectUri(app), pending.scopes, attempt);
  const claims = await app.idTokens.validate(redeemed.idToken, attempt.nonce);
  assertSameUser(redeemed, claims);
  const metadata = await app.metadata.get();

  const { replaces } = pending;
  const now = store.now();
  if (replaces && replaces.partition !== accountPartition(redeemed.homeAccountId)) {
    // Somebody else was signed in with this browser.
    await endSession(store, replaces);
    store.log("info", "session.replaced", { account: replaces.partition });
  }
  const ref = await storeSignIn(store, {
    session: {
      homeAccountId: redeemed.homeAccountId,
      tenantId: claims.tid,
      identity: { iss: claims.iss, sub: claims.sub, oid: claims.oid },
      name: claims.name,
      username: claims.preferred_username,
      device: deviceOf(request.headers.get("user-agent")),
      signedInAt: now,
      expiresAt: now + settings.sessionLifetime,
    },
    cache: redeemed.cache,
    sids: sidsOf(claims, form.get("session_state")),
    subject: metadata.backchannel_logout_supported ? claims.sub : undefined,
    replaces,
  });
  store.log("info", "signin.done", { account: ref.partition, sidClaim: claims.sid !== undefined });
  if (claims.sid === undefined) warnOfMissingSid(app);

  const logoutHint = hintForCookie(claims.login_hint);
  const ticket = { ...ref, logoutHint };
  return {
    location: settings.baseUrl + pending.returnTo,
    cookies: [sessionCookie(store.keyring, ticket, settings.sessionLifetime), found.cookie],
  };
}

/** Where this browser's session is, without the rest of its cookie. */
function sessionBefore({ store }: Lightsout, request: HttpRequest): SessionRef | undefined {
  const ticket = readSessionCookie(store.keyring, request);
  if (ticket === undefined) return undefined;
  const { partition, generation, sessionId } = ticket;
  return { partition, generation, sessionId };
}

/** Registered with the app registration, as a platform of type Web. */
function redirectUri({ settings }: Lightsout): string {
  return `${settings.baseUrl}/auth/callback`;
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

/** The provider's `error_description` is shown nowhere: anybody can post one here. */
function providerError(error: string | null): SignInRejected {
  return error === "access_denied"
    ? new SignInRejected(
        "access_denied",
        "You did not agree to what this app asks for, so you are not signed in.",
      )
    : new SignInRejected("provider_error");
}
