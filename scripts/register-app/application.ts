import { existsSync, readFileSync } from "node:fs";
import type { Cloud } from "../../src/shared/config/cloud.ts";

/** The properties of a Microsoft Graph application that Lightsout sets (Graph v1.0, resource type `application`). */
export interface Application {
  readonly displayName: string;
  readonly signInAudience: string;
  readonly web: WebApplication;
  readonly optionalClaims: OptionalClaims;
  readonly requiredResourceAccess: readonly RequiredResourceAccess[];
}

interface WebApplication {
  readonly redirectUris: readonly string[];
  /** The front-channel logout URL. */
  readonly logoutUrl: string | null;
  readonly implicitGrantSettings: {
    readonly enableAccessTokenIssuance: boolean;
    readonly enableIdTokenIssuance: boolean;
  };
}

interface OptionalClaims {
  readonly idToken: readonly { readonly name: string }[];
}

export interface RequiredResourceAccess {
  readonly resourceAppId: string;
  readonly resourceAccess: readonly { readonly id: string; readonly type: string }[];
}

export interface FederatedIdentityCredential {
  readonly name: string;
  readonly description: string;
  readonly issuer: string;
  /** The object id of the managed identity. */
  readonly subject: string;
  readonly audiences: readonly string[];
}

/** Of ID tokens: what sign-outs find a session by, and what a sign-in is held against. */
const OPTIONAL_CLAIMS = ["sid", "login_hint", "auth_time", "acrs"] as const;

const MICROSOFT_GRAPH = "00000003-0000-0000-c000-000000000000";

const PERMISSIONS_FILE = "infra/graph-permissions.json";

const hasFile = existsSync(PERMISSIONS_FILE);

/**
 * Ids of the delegated Microsoft Graph permissions by their names. infra/app/registration.bicep reads the same file; an
 * app without one gets what signing in takes.
 */
export const GRAPH_PERMISSIONS: Readonly<Record<string, string>> = hasFile
  ? JSON.parse(readFileSync(PERMISSIONS_FILE, "utf8"))
  : { "User.Read": "e1fe6dd8-ba31-4d61-89e7-88639da4683d" };

/** Where {@link GRAPH_PERMISSIONS} are from, for people. */
export const PERMISSIONS_SOURCE = hasFile
  ? `as in ${PERMISSIONS_FILE}`
  : `User.Read: the app has no ${PERMISSIONS_FILE}`;

/**
 * The registration that the app needs, as infra/app/registration.bicep describes it.
 * @param baseUrl The app's origin, with its route prefix and without a slash at the end.
 */
export function applicationFor(displayName: string, baseUrl: string): Application {
  return {
    displayName,
    signInAudience: "AzureADMyOrg",
    web: {
      redirectUris: [`${baseUrl}/auth/callback`, `${baseUrl}/auth/signed-out`],
      // Entra ID takes only https here.
      logoutUrl: baseUrl.startsWith("https:") ? `${baseUrl}/auth/logout-callback` : null,
      implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: false },
    },
    optionalClaims: { idToken: OPTIONAL_CLAIMS.map((name) => ({ name })) },
    requiredResourceAccess: [
      {
        resourceAppId: MICROSOFT_GRAPH,
        resourceAccess: Object.values(GRAPH_PERMISSIONS).map((id) => ({ id, type: "Scope" })),
      },
    ],
  };
}

/** A token of the managed identity becomes the client's credential (workload identity federation). */
export function federatedCredentialFor(
  { authorityHosts: [host], tokenExchangeAudience }: Cloud,
  tenantId: string,
  principalId: string,
): FederatedIdentityCredential {
  return {
    name: "managed-identity",
    description: "The managed identity of the function app",
    issuer: `https://${host}/${tenantId}/v2.0`,
    subject: principalId,
    audiences: [tokenExchangeAudience],
  };
}
