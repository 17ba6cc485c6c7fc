import { BadRequest } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { signInOptions, signInQuery } from "../http/signInOptions.ts";
import { isOwnIssuer } from "../identity/ownIssuer.ts";
import { MAX_URL } from "../web/signInUrl.ts";

/** @throws {BadRequest} There is an `iss`, and it is not the provider's. @throws {ProviderUnavailable} */
export async function assertOwnIssuer(
  { metadata, settings }: Context,
  issuer: string | undefined,
): Promise<void> {
  if (issuer === undefined) return;
  if (isOwnIssuer(issuer, await metadata.get(), settings.allowedTenants)) return;
  throw new BadRequest((say) => say.otherIssuer);
}

/**
 * Checks a login that another site initiates by a post (OpenID Connect Core §4).
 *
 * @returns its address as a GET, to which the session's cookie comes along.
 * @throws {BadRequest} @throws {ProviderUnavailable}
 */
export async function initiatedLogin(context: Context, form: URLSearchParams): Promise<string> {
  const { issuer } = signInOptions(form);
  if (issuer === undefined) {
    throw new BadRequest((say) => say.missingIssuer);
  }
  await assertOwnIssuer(context, issuer);
  const query = signInQuery(form).toString();
  if (query.length > MAX_URL) throw new BadRequest((say) => say.formTooLarge);
  return `${context.settings.baseUrl}/auth/signin?${query}`;
}
