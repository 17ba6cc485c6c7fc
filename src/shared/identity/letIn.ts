import type { Provider } from "../config/provider.ts";

const TENANT_IN_ISSUER = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\//;

/** Whether the settings let a tenant's users in. */
export function isAllowed(tenantId: string, allowedTenants: Provider["allowedTenants"]): boolean {
  return allowedTenants?.has(tenantId.toLowerCase()) ?? true;
}

/** Whether the issuer of the provider's metadata may issue for a tenant: one with a GUID does so for that tenant alone. */
export function issuesFor(tenantId: string, issuer: string): boolean {
  const [, issuingTenant = tenantId] = TENANT_IN_ISSUER.exec(issuer) ?? [];
  return tenantId === issuingTenant;
}
