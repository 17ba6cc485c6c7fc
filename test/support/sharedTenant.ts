import type { Tenant, TenantOptions } from "../../local/tenant/tenant.ts";
import { tenantOfApp } from "./app.ts";
import { keepSwitches, shared } from "./shared.ts";

/** {@link tenantOfApp} for the tests of a file, each of which finds its switches as they were. */
export function sharedTenant(options: TenantOptions = {}): Tenant {
  const tenant = shared(() => tenantOfApp(options));
  keepSwitches(() => tenant);
  return tenant;
}
