import { StoreUnavailable } from "../base/errors.ts";
import type { Context, SignOutContext } from "../context.ts";
import { readForm } from "../http/form.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { endSessionUrl } from "../identity/endSessionUrl.ts";
import { revocationCookie } from "../session/revocationCookie.ts";
import { noSessionCookie, type SessionTicket } from "../session/sessionCookie.ts";
import { REVOKE_FIELD } from "../web/pages/signOutForm.ts";
import { revokeAtMicrosoft, unsealBeforeSignOut } from "./revokeAtMicrosoft.ts";

/** Where the browser goes on, to be signed out at the provider too; or the fault of storage, and nobody is signed out. */
type SignedOutHere =
  | { readonly location: string; readonly cookies: Cookie[] }
  | { readonly fault: StoreUnavailable; readonly asksMicrosoft: boolean };

/**
 * Signs out the account of the browser's session. Its tokens and sessions are deleted before anybody else is asked.
 *
 * @param ticket Of the session cookie. Without one, only the provider is left to sign out at.
 * @param revokeContext What Microsoft is asked with, in an app that offers that.
 */
export async function signOutHere(
  context: SignOutContext,
  request: HttpRequest,
  ticket: SessionTicket | undefined,
  revokeContext: Context | undefined,
): Promise<SignedOutHere> {
  const { settings, keyring, metadata, signOuts } = context;
  const asksMicrosoft = revokeContext !== undefined && (await wantsToRevoke(request));
  const unsealed =
    asksMicrosoft && ticket ? await unsealBeforeSignOut(revokeContext, request, ticket) : undefined;
  try {
    if (ticket) await signOuts.byUser(ticket);
  } catch (fault) {
    if (!(fault instanceof StoreUnavailable)) throw fault;
    return { fault, asksMicrosoft };
  }
  const revocation = asksMicrosoft
    ? await revokeAtMicrosoft(revokeContext, ticket, unsealed)
    : undefined;
  const back = `${settings.baseUrl}/auth/signed-out`;
  const location = await endSessionUrl(metadata, settings, back, ticket?.logoutHint);
  const cookies = noSessionCookie(keyring, request, ticket);
  // An older outcome is not this sign-out's.
  if (revokeContext) cookies.push(revocationCookie(keyring, revocation));
  return { location, cookies };
}

/** A form that cannot be read keeps nobody from signing out: it just asks Microsoft for nothing. */
async function wantsToRevoke(request: HttpRequest): Promise<boolean> {
  const form = await readForm(request).catch(() => undefined);
  return form?.get(REVOKE_FIELD) === "true";
}
