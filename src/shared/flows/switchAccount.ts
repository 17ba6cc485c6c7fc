import type { Context } from "../context.ts";
import { sealText, unsealText } from "../crypto/sealedText.ts";
import type { SignInOptions } from "../http/signInOptions.ts";
import type { HttpRequest } from "../http/types.ts";
import type { SignedInSession } from "../session/session.ts";
import { readSessionCookie, type SessionTicket } from "../session/sessionCookie.ts";
import { knownSession } from "../web/admission.ts";

const PURPOSE = "switch";
/** With these, the user picks an account at the provider. */
const PICKING = new Set(["select_account", "create"]);

/** What to do: sign in with these options, or ask the signed-in user first. */
type Considered =
  | { readonly options: SignInOptions }
  /** The sign-in names somebody else, so the user has to agree. */
  | { readonly session: SignedInSession; readonly agreement: string };

/**
 * A link from another site does not change who is signed in, unless the user agrees. A link that names nobody goes on with
 * the signed-in user's `login_hint`. A link that names somebody else leads to a page that asks. Every request counts as
 * another site's unless the browser says that it comes from a page of this app.
 *
 * @param agreement From {@link Considered}, if the user has agreed on that page.
 * @throws {StoreUnavailable}
 */
export async function considerAccount(
  context: Context,
  request: HttpRequest,
  options: SignInOptions,
  agreement: string,
): Promise<Considered> {
  const { keyring } = context;
  const ticket = readSessionCookie(keyring, request);
  if (ticket === undefined) return { options };
  const isOurs = request.headers.get("sec-fetch-site") === "same-origin";
  const agreedTo = unsealText(keyring, PURPOSE, agreement);
  if (agreedTo && agreedTo.toString() === ticket.sessionId) return { options };

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
