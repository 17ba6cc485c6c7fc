import type { JWK } from "jose";

/** What is set in the portal for an application. */
export interface AppRegistration {
  clientId: string;
  displayName: string;
  /** Also the only addresses that a sign-out may redirect to. */
  redirectUris: string[];
  frontChannelLogoutUrl?: string;
  clientSecrets?: string[];
  /** PEM. */
  certificates?: string[];
  federatedCredentials?: FederatedCredential[];
  /** Optional ID token claims. */
  optionalClaims?: ("sid" | "login_hint" | "auth_time" | "acrs" | "email")[];
  /** Supported account types. `single`: this organization only (default); `multi`: any organization; `all`: those and personal accounts; `personal`: personal accounts only. */
  audience?: "single" | "multi" | "all" | "personal";
  /** Undefined: everything is consented to. The consent page adds to it. */
  consentedScopes?: string[];
}

interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
  /** The issuer's public key. */
  jwk: JWK;
}

export interface TenantUser {
  /** Object id in the home tenant, a GUID. */
  oid: string;
  name: string;
  username: string;
  givenName?: string;
  surname?: string;
  jobTitle?: string;
  mail?: string;
  /** Home tenant, when it is not this one: guests, other organizations, personal accounts. */
  tenantId?: string;
  /** Object id in this tenant, for a guest who was invited to it. */
  guestOid?: string;
  /** App roles, the same for every app. */
  roles?: string[];
  disabled?: boolean;
}
