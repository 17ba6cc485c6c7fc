import type { Context } from "../context.ts";
import { uiLocales } from "../http/acceptLanguage.ts";
import { returnPath } from "../http/returnPath.ts";
import type { SignInOptions } from "../http/signInOptions.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { authorizeUrl, redirectUri, scopesToAsk } from "../identity/authorize.ts";
import { transactionOf } from "../identity/transaction.ts";
import { type Asked, needOf, recent } from "../session/asked.ts";
import { readIndexKeys, readSessionCookie, type SessionTicket } from "../session/sessionCookie.ts";
import { signInCookies } from "../session/signInCookie.ts";
import { STATE_LIFETIME_MS, sealState } from "../session/signInState.ts";
import { seenTombstones } from "../store/seenTombstones.ts";
import type { SessionRef } from "../store/segments.ts";

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
  const ticket = readSessionCookie(keyring, request);
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
    asked: askedWith(options, ticket, startedAt),
    replaces: ticket && refOf(ticket),
  };
  return {
    location: await authorizeUrl(context.createClient, redirectUri(settings), values, asked),
    cookies: signInCookies(keyring, request, pending),
  };
}

/** Where this browser's session is, without the rest of its cookie. */
function refOf({ partition, generation, sessionId }: SessionTicket): SessionRef {
  return { partition, generation, sessionId };
}

/** What is asked for, after what was. That it is the session alone is worth remembering where there was one. */
function askedWith(
  options: SignInOptions,
  ticket: SessionTicket | undefined,
  startedAt: number,
): readonly Asked[] | undefined {
  const asked = recent(ticket?.asked ?? [], startedAt);
  const { scopes, claims, maxAge } = options;
  const isFirst = ticket === undefined && scopes.length === 0 && (claims ?? maxAge) === undefined;
  if (isFirst) return undefined;
  const need = needOf(options);
  const others = asked.filter(([known]) => known !== need);
  return [...others, [need, Math.floor(startedAt / 1_000)]];
}
