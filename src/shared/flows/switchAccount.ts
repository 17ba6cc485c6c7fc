import type { Context } from "../context.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { SignInOptions } from "../http/signInOptions.ts";
import type { HttpRequest } from "../http/types.ts";
import type { SignedInSession } from "../session/session.ts";
import { readSessionCookie, type SessionTicket } from "../session/sessionCookie.ts";
import { knownSession } from "../web/handlers.ts";

const PURPOSE = "switch";
/** The provider shows these to the user, who picks an account there. */
const PICKING = new Set(["select_account", "create"]);

/** What a sign-in has to know of who is signed in. */
export type Considered =
  | { readonly options: SignInOptions }
  /** It names somebody else: only the user can say that this is wanted. */
  | { readonly session: SignedInSession; readonly agreement: string };

/**
 * A link from another site does not change who is signed in, unless the user says so: one that names nobody is for
 * who is signed in, one that names somebody else has to be asked about. What did not come from a page of this app
 * counts as another site's, also where the browser does not say (before 2023), or a mail program opened the link.
 *
 * @param agreement What {@link Considered} gave for the page that asks, if the user has been there.
 * @throws {StoreUnavailable}
 */
export async function considerAccount(
  context: Context,
  request: HttpRequest,
  options: SignInOptions,
  agreement: string,
): Promise<Considered> {
  const { keyring } = context.store;
  const ticket = readSessionCookie(keyring, request);
  if (ticket === undefined) return { options };
  const isOurs = request.headers.get("sec-fetch-site") === "same-origin";
  const agreedTo = unsealText(keyring, PURPOSE, agreement);
  if (agreedTo && Buffer.from(agreedTo).toString() === ticket.sessionId) return { options };

  const session = await knownSession(context, request);
  if (session === undefined) return { options };
  const { username } = session.account;
  if (namesAnother(options, username, ticket)) {
    if (isOurs) return { options };
    const sealed = sealText(keyring, PURPOSE, Buffer.from(ticket.sessionId));
    return { session, agreement: sealed };
  }
  if (options.loginHint ?? PICKING.has(options.prompt ?? "")) return { options };
  return { options: { ...options, loginHint: (ticket.logoutHint ?? username) || undefined } };
}

function namesAnother(
  { loginHint, domainHint }: SignInOptions,
  username: string,
  { logoutHint }: SessionTicket,
): boolean {
  const own = username.toLowerCase();
  if (loginHint !== undefined) {
    return loginHint.toLowerCase() !== own && loginHint !== logoutHint;
  }
  // `organizations` and `consumers` name nobody.
  return domainHint?.includes(".") === true && !own.endsWith(`@${domainHint.toLowerCase()}`);
}
