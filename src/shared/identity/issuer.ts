import { isGuid } from "../base/guid.ts";
import { cloudOf } from "../config/cloud.ts";
import type { Settings } from "../config/settings.ts";

/** Of personal accounts. */
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
const WELL_KNOWN = "/.well-known/openid-configuration";
const EXTERNAL_ID = ".ciamlogin.com";

/**
 * Whether a provider's metadata may name this issuer: OpenID Connect Discovery 1.0 §4.3, or what Entra ID makes
 * of it. Its issuers name tenants by their GUIDs, and stand for many with `{tenantid}`.
 */
export function isIssuerOf(
  issuer: string,
  { tenant, authority, metadataUrl }: Pick<Settings, "tenant" | "authority" | "metadataUrl">,
): boolean {
  if (metadataUrl === issuer.replace(/\/$/, "") + WELL_KNOWN) return true;
  if (!URL.canParse(issuer)) return false;
  const { origin, protocol, hostname, pathname, search, hash } = new URL(issuer);
  const path = pathname.replace("%7B", "{").replace("%7D", "}");
  const [, id = ""] = /^\/([^/]+)\/v2\.0\/?$/.exec(path) ?? [];
  if (search || hash || !isTenant(id.toLowerCase(), tenant)) return false;
  if ([authority, metadataUrl].some((url) => origin === new URL(url).origin)) return true;
  return (
    protocol === "https:" && (isAlias(hostname, authority) || isExternalId(hostname, id, authority))
  );
}

function isTenant(id: string, tenant: string): boolean {
  if (tenant === "common" || tenant === "organizations") return id === "{tenantid}";
  if (tenant === "consumers") return id === CONSUMERS;
  return isGuid(tenant) ? id === tenant.toLowerCase() : isGuid(id);
}

/** A cloud may have several hosts for one authority, and one of them in its tokens. */
function isAlias(hostname: string, authority: string): boolean {
  const { authorityHosts } = cloudOf(authority);
  return [hostname, new URL(authority).hostname].every((host) => authorityHosts.includes(host));
}

/** Its authority is on a host with the tenant's name, or on one of its own; its issuer on one with the tenant's id. */
function isExternalId(hostname: string, id: string, authority: string): boolean {
  const isWorkforce = cloudOf(authority).authorityHosts.includes(new URL(authority).hostname);
  return hostname === id.toLowerCase() + EXTERNAL_ID && !isWorkforce;
}
