import type { ProviderMetadata } from "./metadata.ts";

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Whether an `iss` is the provider's, to the letter. An authority that signs in many tenants has `{tenantid}` in
 * its issuer: that of any tenant that is let in.
 */
export function isOwnIssuer(
  issuer: string,
  { issuer: expected }: Pick<ProviderMetadata, "issuer">,
  allowedTenants: ReadonlySet<string> | undefined,
): boolean {
  const [before = "", after] = expected.split("{tenantid}");
  if (after === undefined) return issuer === expected;
  const tenant = issuer.slice(before.length, issuer.length - after.length);
  if (issuer !== before + tenant + after || !GUID.test(tenant)) return false;
  return allowedTenants?.has(tenant.toLowerCase()) ?? true;
}
