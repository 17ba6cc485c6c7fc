import { isGuid } from "../base/guid.ts";
import { isAllowed } from "./letIn.ts";
import type { ProviderMetadata } from "./metadata.ts";

const ANY_TENANT = "{tenantid}";
const GUID_LENGTH = 36;

/** The issuer of one tenant's tokens. @param expected From the metadata or a key, perhaps with `{tenantid}`. */
export function issuerFor(expected: string, tenantId: string): string {
  return expected.replace(ANY_TENANT, tenantId);
}

/** The tenant that an `iss` names in the place of `{tenantid}`. */
function tenantIn(issuer: string, expected: string): string | undefined {
  const start = expected.indexOf(ANY_TENANT);
  const tenant = issuer.slice(start, start + GUID_LENGTH);
  return start >= 0 && isGuid(tenant) && issuer === issuerFor(expected, tenant)
    ? tenant
    : undefined;
}

/**
 * Whether an `iss` is the provider's, to the letter. `{tenantid}` in the issuer of an authority for many tenants stands
 * for the GUID, in lower case, of any tenant that is let in.
 */
export function isOwnIssuer(
  issuer: string,
  { issuer: expected }: Pick<ProviderMetadata, "issuer">,
  allowedTenants: ReadonlySet<string> | undefined,
): boolean {
  const tenant = tenantIn(issuer, expected);
  if (tenant === undefined) return issuer === expected && !expected.includes(ANY_TENANT);
  return tenant === tenant.toLowerCase() && isAllowed(tenant, allowedTenants);
}

/** Whether a key may sign for an issuer. In the shared key sets of Entra ID, each key names its issuer. */
export function mayIssue(keyIssuer: unknown, issuer: string): boolean {
  if (typeof keyIssuer !== "string") return true;
  return keyIssuer === issuer || tenantIn(issuer, keyIssuer) !== undefined;
}
