import { ConfidentialClientApplication, type INetworkModule } from "@azure/msal-node";
import type { Settings } from "../config/settings.ts";
import type { ClientCredential } from "./clientCredential.ts";
import type { MetadataSource } from "./metadata.ts";

/** Makes one MSAL client for one request and one tenant: nothing of one user is ever in reach of another's request. */
export type ClientFactory = (tenantId?: string) => Promise<ConfidentialClientApplication>;

/** "I can handle claims challenges", which makes Entra issue tokens that Continuous Access Evaluation can revoke. */
const CLIENT_CAPABILITIES = ["CP1"];

export function createClientFactory(
  { clientId, authority, tenant }: Pick<Settings, "clientId" | "authority" | "tenant">,
  credential: ClientCredential,
  metadata: MetadataSource,
  networkClient: INetworkModule,
): ClientFactory {
  return async (tenantId) => {
    const tenantAuthority =
      tenantId && authority.endsWith(`/${tenant}`)
        ? authority.slice(0, -tenant.length) + tenantId
        : authority;
    return new ConfidentialClientApplication({
      auth: {
        clientId,
        authority: tenantAuthority,
        knownAuthorities: [new URL(authority).host],
        authorityMetadata: JSON.stringify(await metadata.get(tenantId)),
        clientCapabilities: CLIENT_CAPABILITIES,
        ...credential,
      },
      system: { networkClient, loggerOptions: { loggerCallback: () => {} } },
    });
  };
}
