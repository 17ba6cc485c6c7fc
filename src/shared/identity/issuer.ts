import { isGuid } from "../base/guid.ts";
import { cloudOf } from "../config/cloud.ts";
import type { Settings } from "../config/settings.ts";

/** The tenant of personal accounts. */
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";
const WELL_KNOWN = "/.well-known/openid-configuration";
const EXTERNAL_ID = ".ciamlogin.com";

/**
 * Whether a provider's metadata may name this issuer: by OpenID Connect Discovery 1.0 §4.3, or as Entra ID does, whose
 * issuers have the tenant's GUID, or `{tenantid}` for many tenants.
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

/** A cloud may have several hosts for one authority. Its tokens name one of them. */
function isAlias(hostname: string, authority: string): boolean {
  const { authorityHosts } = cloudOf(authority);
  return [hostname, new URL(authority).hostname].every((host) => authorityHosts.includes(host));
}

/** External ID: the issuer's host has the tenant's id. The authority's host has its name, or is a custom domain. */
function isExternalId(hostname: string, id: string, authority: string): boolean {
  const isWorkforce = cloudOf(authority).authorityHosts.includes(new URL(authority).hostname);
  return hostname === id.toLowerCase() + EXTERNAL_ID && !isWorkforce;
}
