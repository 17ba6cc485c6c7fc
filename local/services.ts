import { type Azurite, startAzurite } from "./azurite/azurite.ts";
import { type GraphStandIn, startGraph } from "./graph/graph.ts";
import { ORDERS_SCOPE, type OrdersApi, startOrders } from "./orders/orders.ts";
import { type OtherApp, startOtherApp } from "./other-app/otherApp.ts";
import { Parts } from "./parts.ts";
import type { Secrets } from "./secrets.ts";
import { startTenant, type Tenant } from "./tenant/tenant.ts";

const CLIENT_ID = "c1a5e0f7-3b0e-4d0f-9a0a-11d1e0a5b001";
const OTHER_CLIENT_ID = "fab71ca0-7a3e-4c55-8f10-2b6d9e4a7c02";

/** Ports to listen on. Default: any that are free. */
export interface ServicePorts {
  table?: number;
  tenant?: number;
  graph?: number;
  orders?: number;
  otherApp?: number;
}

/** Everything that the function app talks to, on this machine. */
export interface Services {
  azurite: Azurite;
  tenant: Tenant;
  graph: GraphStandIn;
  orders: OrdersApi;
  otherApp: OtherApp;
  /** App settings that connect a function app to all of it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * Starts a storage emulator, a tenant, a Graph, an example API and a second app.
 * @param options.baseUrl The function app's public origin, with its route prefix.
 * @param options.tenantUrl The tenant's origin for browsers, if a proxy is in front of it.
 * @param options.otherAppUrl The same for the second app.
 * @param options.tables Folder of the tables. Default: in memory.
 * @param options.consentedScopes Permissions that the registration lists. The tenant asks for consent to others. Default:
 * it never asks.
 */
export async function startServices(options: {
  baseUrl: string;
  /** Where people enter the app. Default: its home page. */
  entrance?: { readonly url: string };
  tenantUrl?: string | undefined;
  otherAppUrl?: string | undefined;
  secrets: Secrets;
  ports?: ServicePorts | undefined;
  tables?: string | undefined;
  consentedScopes?: string[];
}): Promise<Services> {
  const { baseUrl, entrance = { url: baseUrl }, secrets, ports = {} } = options;
  const { tables, consentedScopes } = options;
  const parts = new Parts();
  try {
    const starting = parts.add(
      startAzurite({
        ...(ports.table !== undefined && { port: ports.table }),
        ...(tables !== undefined && { location: tables }),
      }),
    );
    const tenant = await parts.add(
      startTenant({
        port: ports.tenant ?? 0,
        url: options.tenantUrl,
        signingKey: secrets.signingKey,
      }),
    );
    const graph = await parts.add(
      startGraph({
        port: ports.graph ?? 0,
        verify: async (token) => {
          const user = await tenant.verifyAccessToken(token);
          return user && { ...user, jobTitle: jobTitle(tenant, user.oid) };
        },
        revokeSignInSessions: (oid) => tenant.revoke(oid),
      }),
    );
    const orders = await parts.add(
      startOrders({
        port: ports.orders ?? 0,
        jwksUri: tenant.metadataUrl.replace(
          "/v2.0/.well-known/openid-configuration",
          "/discovery/v2.0/keys",
        ),
        issuer: `https://sts.windows.net/${tenant.tenantId}/`,
      }),
    );
    const otherApp = await parts.add(
      startOtherApp({
        port: ports.otherApp ?? 0,
        url: options.otherAppUrl,
        metadataUrl: tenant.metadataUrl,
        clientId: OTHER_CLIENT_ID,
        clientSecret: secrets.otherAppSecret,
        lightsout: entrance,
      }),
    );
    tenant.register(otherApp.registration);
    tenant.register({
      clientId: CLIENT_ID,
      displayName: "Lightsout",
      redirectUris: [`${baseUrl}/auth/callback`, `${baseUrl}/auth/signed-out`],
      frontChannelLogoutUrl: `${baseUrl}/auth/logout-callback`,
      clientSecrets: [secrets.clientSecret],
      optionalClaims: ["sid", "login_hint", "auth_time", "acrs"],
      ...(consentedScopes && { consentedScopes }),
    });
    const azurite = await starting;
    const env = {
      APP_BASE_URL: baseUrl,
      ENTRA_CLIENT_ID: CLIENT_ID,
      ENTRA_TENANT_ID: tenant.tenantId,
      ENTRA_AUTHORITY: tenant.authority,
      ENTRA_METADATA_URL: tenant.metadataUrl,
      ENTRA_CLIENT_SECRET: secrets.clientSecret,
      GRAPH_BASE_URL: graph.url,
      ORDERS_BASE_URL: orders.url,
      ORDERS_SCOPE,
      TOKEN_CACHE_STORAGE: azurite.connectionString,
      TOKEN_CACHE_KEYS: secrets.tokenCacheKeys,
      DEMO_OTHER_APP_URL: otherApp.url,
      AzureWebJobsDisableHomepage: "true",
      ...NOT_OURS,
    };
    return { azurite, tenant, graph, orders, otherApp, env, stop: () => parts.stop() };
  } catch (error) {
    await parts.stop();
    throw error;
  }
}

/** Blank, so that a half filled-in local.settings.json does not mix with the settings above. */
const NOT_OURS = {
  ENTRA_ALLOWED_TENANTS: "",
  ENTRA_CLIENT_CERTIFICATE: "",
  ENTRA_MANAGED_IDENTITY_CLIENT_ID: "",
};

function jobTitle({ users }: Tenant, oid: string): string | undefined {
  return users.find((user) => user.oid === oid || user.guestOid === oid)?.jobTitle;
}
