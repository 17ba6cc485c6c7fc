import { isGuid } from "../base/guid.ts";
import type { ProviderMetadata } from "./metadata.ts";

/**
 * Whether an `iss` is the provider's, to the letter. An authority that signs in many tenants has `{tenantid}` in
 * its issuer, which stands for the GUID, in lower case, of any tenant that is let in.
 */
export function isOwnIssuer(
  issuer: string,
  { issuer: expected }: Pick<ProviderMetadata, "issuer">,
  allowedTenants: ReadonlySet<string> | undefined,
): boolean {
  const [before = "", after] = expected.split("{tenantid}");
  if (after === undefined) return issuer === expected;
  const tenant = issuer.slice(before.length, issuer.length - after.length);
  if (issuer !== before + tenant + after) return false;
  return isGuid(tenant) && tenant === tenant.toLowerCase() && (allowedTenants?.has(tenant) ?? true);
}
