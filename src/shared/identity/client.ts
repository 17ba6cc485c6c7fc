import { ConfidentialClientApplication, type INetworkModule } from "@azure/msal-node";
import type { Settings } from "../config/settings.ts";
import type { ClientCredential } from "./clientCredential.ts";
import type { MetadataSource } from "./metadata.ts";

/**
 * Makes an MSAL client for one request and one tenant, so that no request can reach another user's tokens.
 *
 * @param take Gets a successful answer of the token endpoint, and returns what MSAL gets.
 */
export type ClientFactory = (
  tenantId?: string,
  take?: (answer: TokenAnswer) => TokenAnswer,
) => Promise<ConfidentialClientApplication>;

/** The fields in use of a token endpoint's answer (RFC 6749 §5.1), unchecked. */
export type TokenAnswer = Readonly<Record<string, unknown>>;

/** "I can handle claims challenges", which makes Entra issue tokens that Continuous Access Evaluation can revoke. */
const CLIENT_CAPABILITIES = ["CP1"];

export function createClientFactory(
  { clientId, authority, tenant }: Pick<Settings, "clientId" | "authority" | "tenant">,
  credential: ClientCredential,
  metadata: MetadataSource,
  networkClient: INetworkModule,
): ClientFactory {
  return async (tenantId, take = (answer) => answer) => {
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
      system: {
        networkClient: taking(networkClient, (answer) => take(withLifetime(answer))),
        loggerOptions: { loggerCallback: () => {} },
      },
    });
  };
}

function taking(
  { sendGetRequestAsync, sendPostRequestAsync }: INetworkModule,
  take: (answer: TokenAnswer) => TokenAnswer,
): INetworkModule {
  return {
    sendGetRequestAsync,
    async sendPostRequestAsync<T>(...request: Parameters<INetworkModule["sendPostRequestAsync"]>) {
      const { body, ...answer } = await sendPostRequestAsync<TokenAnswer>(...request);
      return { ...answer, body: take(body) as T };
    },
  };
}

/** The lifetime of a token without `expires_in` (RFC 6749 §5.1). Seconds. */
const UNKNOWN_LIFETIME_SECONDS = 600;

/** Without `expires_in`, MSAL counts a token as expired. */
function withLifetime(answer: TokenAnswer): TokenAnswer {
  const lifetime = Number.parseInt(String(answer.expires_in), 10);
  return lifetime >= 0 ? answer : { ...answer, expires_in: UNKNOWN_LIFETIME_SECONDS };
}
