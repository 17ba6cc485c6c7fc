import { isScope } from "../http/signInOptions.ts";
import { isClaimsRequest } from "../identity/claimsRequest.ts";

/** What a sign-in is to ask for. */
export interface SignInNeed {
  readonly scopes: readonly string[];
  readonly claims: string | undefined;
  /** Seconds. */
  readonly maxAge?: number | undefined;
}

/** The host refuses request lines of more than 8,192 bytes. Characters. */
export const MAX_URL = 8_000;

/** The address of a sign-in that asks for everything that is missing, as far as `/auth/signin` accepts it. */
export function signInUrl(
  baseUrl: string,
  { scopes, claims, maxAge }: SignInNeed,
  returnTo?: string,
): string {
  const scope = scopes.join(" ");
  const parameters = new URLSearchParams({
    ...(returnTo && { returnTo }),
    ...(scope && isScope(scope) && { scope }),
    ...(claims && isClaimsRequest(claims) && { claims }),
    ...(maxAge !== undefined && { maxAge: String(maxAge) }),
  });
  for (const name of ["returnTo", "claims", "scope"]) {
    if (parameters.toString().length > MAX_URL) parameters.delete(name);
  }
  const url = new URL(`${baseUrl}/auth/signin`);
  url.search = parameters.toString();
  return url.href;
}
