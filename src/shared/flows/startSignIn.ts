import type { Context } from "../context.ts";
import { uiLocales } from "../http/acceptLanguage.ts";
import { returnPath } from "../http/returnPath.ts";
import type { SignInOptions } from "../http/signInOptions.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { authorizeUrl, redirectUri, scopesToAsk } from "../identity/authorize.ts";
import { transactionOf } from "../identity/transaction.ts";
import { readIndexKeys, readSessionCookie } from "../session/sessionCookie.ts";
import { signInCookies } from "../session/signInCookie.ts";
import { STATE_LIFETIME_MS, sealState } from "../session/signInState.ts";
import { seenTombstones } from "../store/seenTombstones.ts";
import type { SessionRef } from "../store/signIn.ts";

/**
 * Sends the browser to the provider's sign-in page. `state` says where the sign-in is going. A cookie binds the answer to
 * this browser, and names the tombstones of the session that the browser had: this sign-in was started after them.
 *
 * @throws {ProviderUnavailable} @throws {StoreUnavailable}
 */
export async function startSignIn(
  context: Context,
  request: HttpRequest,
  options: SignInOptions,
): Promise<{ readonly location: string; readonly cookies: Cookie[] }> {
  const { settings, store, keyring, now, randomBytes } = context;
  const startedAt = now();
  const secret = Buffer.from(randomBytes(32)).toString("base64url");
  const transaction = transactionOf(secret);
  const state = sealState(keyring, {
    id: transaction.id,
    returnTo: returnPath(options.returnTo, settings),
    scopes: options.scopes,
    expiresAt: startedAt + STATE_LIFETIME_MS,
  });
  const values = { ...transaction, state };
  const asked = {
    ...options,
    scopes: scopesToAsk(context.scopes, options.scopes),
    uiLocales: options.uiLocales ?? uiLocales(request),
  };
  const pending = {
    secret,
    startedAt,
    seen: await seenTombstones(store, readIndexKeys(keyring, request)),
    silent: options.prompt === "none",
    maxAge: options.maxAge,
    replaces: sessionBefore(context, request),
  };
  return {
    location: await authorizeUrl(context.createClient, redirectUri(settings), values, asked),
    cookies: signInCookies(keyring, request, pending),
  };
}

/** Where this browser's session is, without the rest of its cookie. */
function sessionBefore({ keyring }: Context, request: HttpRequest): SessionRef | undefined {
  const ticket = readSessionCookie(keyring, request);
  if (ticket === undefined) return undefined;
  const { partition, generation, sessionId } = ticket;
  return { partition, generation, sessionId };
}
