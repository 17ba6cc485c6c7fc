import type { SignOutSettings } from "../config/settings.ts";
import type { MetadataSource } from "./metadata.ts";

/**
 * Where the browser ends its session at the provider (OpenID Connect RP-Initiated Logout 1.0 §2). Without `client_id`,
 * the provider need not send the browser back.
 *
 * @param logoutHint The ID token's `login_hint`: with it the provider does not ask which account to sign out.
 */
export async function endSessionUrl(
  metadata: MetadataSource,
  { authority, clientId }: Pick<SignOutSettings, "authority" | "clientId">,
  postLogoutRedirectUri: string,
  logoutHint: string | undefined,
): Promise<string> {
  // The tokens are gone by now. A provider that does not answer must not make this sign-out an error.
  const known = await metadata.get().catch(() => undefined);
  const url = new URL(known?.end_session_endpoint ?? `${authority}/oauth2/v2.0/logout`);
  if (clientId) url.searchParams.set("client_id", clientId);
  url.searchParams.set("post_logout_redirect_uri", postLogoutRedirectUri);
  if (logoutHint) url.searchParams.set("logout_hint", logoutHint);
  return url.href;
}
