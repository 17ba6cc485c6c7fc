import type { Settings } from "../config/settings.ts";
import type { ProviderMetadata } from "./metadata.ts";

/** Longer than the `sid` of any provider. Characters. */
const MAX_SID = 512;

/**
 * The `sid` of a front-channel logout request (OpenID Connect Front-Channel Logout 1.0 §3). Entra ID sends
 * no `iss` with it; where one comes, it has to be this provider's.
 *
 * @param metadata What is known without asking: nothing is fetched while the provider's frame waits.
 * @returns undefined when there is none to act on.
 */
export function frontChannelSid(
  query: URLSearchParams,
  settings: Pick<Settings, "authority" | "tenant">,
  metadata: ProviderMetadata | undefined,
): string | undefined {
  const sids = query.getAll("sid");
  const issuers = query.getAll("iss");
  const [sid] = sids;
  if (!sid || sids.length > 1 || sid.length > MAX_SID || issuers.length > 1) return undefined;

  const [issuer] = issuers;
  const expected = metadata?.issuer ?? `${settings.authority}/v2.0`;
  return issuer === undefined || isIssuer(issuer, expected, settings.tenant) ? sid : undefined;
}

const GUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/** An authority that signs in many tenants has `{tenantid}` in its issuer; one of a domain name has the tenant's GUID. */
function isIssuer(issuer: string, expected: string, tenant: string): boolean {
  const template = expected.includes("{tenantid}")
    ? expected
    : expected.replace(`/${tenant}/`, "/{tenantid}/");
  if (expected === issuer) return !expected.includes("{tenantid}");
  const [before = "", after] = template.split("{tenantid}");
  if (after === undefined || !issuer.startsWith(before) || !issuer.endsWith(after)) return false;
  const id = issuer.slice(before.length, issuer.length - after.length);
  return !/^[0-9a-f-]{36}$/i.test(tenant) && new RegExp(`^${GUID}$`, "i").test(id);
}
