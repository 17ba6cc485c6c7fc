import { ProviderUnavailable } from "../base/errors.ts";
import type { Provider } from "../config/provider.ts";
import { getJson } from "../net/getJson.ts";
import type { Send } from "../net/send.ts";
import { isIssuerOf } from "./issuer.ts";

/** The fields in use of an OpenID Provider Configuration (OpenID Connect Discovery 1.0 §3). */
export interface ProviderMetadata {
  /** It has `{tenantid}` in it if the authority signs in several tenants. */
  readonly issuer: string;
  readonly authorization_endpoint: string;
  readonly token_endpoint: string;
  readonly jwks_uri: string;
  readonly end_session_endpoint?: string;
  /** OpenID Connect Back-Channel Logout 1.0 §2.1. Entra ID does not have it. */
  readonly backchannel_logout_supported?: boolean;
}

export interface MetadataSource {
  /** Fetched once a day. While that fails, an older copy serves. @throws {ProviderUnavailable} */
  get(tenantId?: string): Promise<ProviderMetadata>;
  /** The copy at hand, if any. Sends no request. */
  peek(): ProviderMetadata | undefined;
}

/** Milliseconds. */
const LIFETIME_MS = 24 * 3_600_000;
/** With an older copy at hand, a failed fetch is repeated after so many milliseconds. */
const RETRY_AFTER_MS = 60_000;
const CHECK = "Check ENTRA_TENANT_ID, ENTRA_AUTHORITY and ENTRA_METADATA_URL.";
const TENANT_ALIAS = /^(common|organizations|consumers)$/;

/**
 * If the configured tenant stands for many, `get(tenantId)` fetches that tenant's own metadata: a shared token endpoint
 * would give a guest tokens of the home tenant.
 *
 * @param isIssuer Whether the metadata may name this issuer. Codes and the app's credential go to its token endpoint, so
 * another issuer's metadata is refused.
 */
export function createMetadataSource(
  { metadataUrl, authority, tenant }: Pick<Provider, "metadataUrl" | "authority" | "tenant">,
  send: Send,
  now: () => number,
  isIssuer = isIssuerOf,
): MetadataSource {
  const known = new Map<string, { metadata: ProviderMetadata; fetchedAt: number }>();
  const pending = new Map<string, Promise<ProviderMetadata>>();

  async function load(url: string, of: string): Promise<ProviderMetadata> {
    const metadata = (await getJson(send, url)) as ProviderMetadata;
    for (const field of [
      "issuer",
      "authorization_endpoint",
      "token_endpoint",
      "jwks_uri",
    ] as const) {
      if (typeof metadata?.[field] !== "string") {
        throw new ProviderUnavailable(`The provider's metadata has no ${field}. ${CHECK}`);
      }
    }
    if (!isIssuer(metadata.issuer, { tenant: of, authority, metadataUrl: url })) {
      throw new ProviderUnavailable(`The provider's metadata names another issuer. ${CHECK}`);
    }
    known.set(url, { metadata, fetchedAt: now() });
    return metadata;
  }

  /** Another tenant has metadata of its own only if the configured tenant is an alias. */
  function placeOf(tenantId = tenant): { url: string; of: string } {
    const url = TENANT_ALIAS.test(tenant)
      ? metadataUrl.replace(`/${tenant}/`, `/${tenantId}/`)
      : metadataUrl;
    return { url, of: url === metadataUrl ? tenant : tenantId };
  }

  return {
    async get(tenantId) {
      const { url, of } = placeOf(tenantId);
      const copy = known.get(url);
      if (copy && now() - copy.fetchedAt < LIFETIME_MS) return copy.metadata;

      let request = pending.get(url);
      if (request === undefined) {
        request = load(url, of).finally(() => pending.delete(url));
        pending.set(url, request);
      }
      try {
        return await request;
      } catch (error) {
        if (copy === undefined) throw error;
        known.set(url, { ...copy, fetchedAt: now() - LIFETIME_MS + RETRY_AFTER_MS });
        return copy.metadata;
      }
    },
    peek: () => known.get(metadataUrl)?.metadata,
  };
}
