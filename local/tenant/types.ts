import type { JWK, JWTHeaderParameters, JWTPayload } from "jose";
import type { ErrorNumber } from "./errors.ts";
import type { BrowserSession } from "./session.ts";

/** What is set in the portal for an application. */
export interface AppRegistration {
  clientId: string;
  displayName: string;
  /** Also the only addresses that a sign-out may redirect to. */
  redirectUris: string[];
  frontChannelLogoutUrl?: string;
  /** An app without secret, certificate and federated credential is a public client. */
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

/** Behaviour that can be changed while the tenant runs. */
export interface Switches {
  /** Adds `iss` to front-channel logout calls. Entra does not. */
  sendIss: boolean;
  /** Leaves the `sid` claim out of ID tokens. */
  omitSid: boolean;
  /** Leaves the `acrs` claim out of ID tokens, although the user has satisfied what was asked for. */
  omitAcrs: boolean;
  /** Leaves `session_state` out of authorization responses. */
  omitSessionState: boolean;
  /**
   * The session, and its `sid`, outlive a sign-out: the next sign-in is silent and has the same `sid`. So it is
   * in Entra on a device with a primary refresh token.
   */
  deviceMode: boolean;
  /**
   * Announces an end-session endpoint on another origin than the authority's, which first sends the browser
   * on to a third one: as federation (AD FS) and personal accounts do.
   */
  signOutOnOtherOrigin: boolean;
  /** Announces back-channel logout in the metadata. Entra does not have it. */
  backchannelLogout: boolean;
  /** Whether a refresh answers with a new refresh token. The old one stays valid, as in Entra. */
  refreshTokenRotation: boolean;
  /** Whether a refresh token that is used twice ends all of its family, as with some other providers. Not in Entra. */
  revokeReusedRefreshTokens: boolean;
  /** How many refreshes of one user for the same scopes are answered within five minutes of no new sign-in (AADSTS50196). */
  requestLoopLimit: number;
  /** Seconds. */
  accessTokenLifetime: number;
  /** Seconds, for clients that declare the capability `cp1` (continuous access evaluation). */
  caeAccessTokenLifetime: number;
  /** Forges the next ID tokens: other claims, header or key, or any string. */
  idTokenOverrides?:
    | ((claims: JWTPayload, header: JWTHeaderParameters) => string | ForgedIdToken)
    | undefined;
  /** Changes what the token endpoint is about to answer. */
  tokenAnswerOverrides?:
    | ((answer: Record<string, unknown>, grantType: string) => Record<string, unknown>)
    | undefined;
  /** Makes the token endpoint fail. */
  tokenFault?: TokenFault | undefined;
}

export interface ForgedIdToken {
  claims: JWTPayload;
  header?: JWTHeaderParameters;
  /** Private. Default: the tenant's own. */
  key?: JWK;
}

export interface TokenFault {
  /** `drop` closes the connection without an answer. Default: what Entra sends with the number. */
  status?: number | "drop";
  /** Makes it a refusal of Entra's, with correlation and trace id. Without it there is only the OAuth error. */
  number?: ErrorNumber;
  /** OAuth error code. Default: what Entra pairs with the number, else `temporarily_unavailable`. */
  error?: string;
  suberror?: string;
  claims?: string;
  /** Default: both. */
  grantType?: "authorization_code" | "refresh_token";
  headers?: Record<string, string>;
  /** How many requests fail. Default: all, until the switch is cleared. */
  times?: number;
}

export interface TenantOptions {
  /** 0 takes a free one. */
  port?: number;
  /** The origin for browsers, where something stands in front of it. Default: its own, on `login.localhost`. */
  url?: string | undefined;
  tenantId?: string;
  /** A verified domain, another name for the tenant. */
  domain?: string;
  apps?: AppRegistration[];
  users?: TenantUser[];
  /** Private RSA key, to keep tokens valid across restarts. */
  signingKey?: JWK;
  /** Milliseconds. */
  now?: () => number;
  /** Default `https://login.microsoftonline.com/<tenantId>`; for External ID `https://<name>.ciamlogin.com/<tenantId>`. */
  authority?: string;
  /** Default `<authority>/v2.0`; for External ID `https://<tenantId>.ciamlogin.com/<tenantId>/v2.0`. */
  issuer?: string;
}

export type Endpoint =
  | "discovery"
  | "keys"
  | "authorize"
  | "login"
  | "consent"
  | "token"
  | "logout"
  | "logoutsession";

export interface RecordedRequest {
  endpoint: Endpoint;
  /** Query or form, credentials blanked. */
  params: Record<string, string>;
  /** Milliseconds. */
  at: number;
}

/** A front-channel logout URL that a sign-out page framed. */
export interface FrontChannelCall {
  clientId: string;
  sid: string;
  url: string;
  at: number;
}

export interface AccessTokenInfo {
  oid: string;
  tid: string;
  name: string;
  username: string;
  scopes: string[];
  appId: string;
  claims: JWTPayload;
}

export interface Tenant {
  /** For browsers, on another site than an app on `http://localhost`. */
  readonly url: string;
  /** For servers: Node does not resolve `*.localhost`. */
  readonly internalUrl: string;
  readonly tenantId: string;
  readonly authority: string;
  readonly issuer: string;
  readonly metadataUrl: string;
  readonly users: TenantUser[];
  readonly apps: Map<string, AppRegistration>;
  readonly switches: Switches;
  /** Private; changes when the keys rotate. */
  readonly signingKey: JWK;
  readonly sessions: BrowserSession[];
  readonly requests: RecordedRequest[];
  readonly frontChannelCalls: FrontChannelCall[];
  /** Every code and token so far, for tests that look for them where they must not be. */
  readonly issued: string[];
  register(app: AppRegistration): void;
  /** Token answers are held back until the returned function is called. */
  holdTokenEndpoint(): () => void;
  /** "Revoke sessions": refresh tokens and browser sessions of that user end; access tokens stay formally valid. */
  revoke(oid: string): void;
  /** The user's next refreshes are refused with these `claims` until an interactive sign-in carried them. */
  forceClaimsChallenge(oid: string): string;
  /** Signs with a new key from now on. The old ones stay published. */
  rotateKeys(): Promise<void>;
  /** Resolves to undefined unless it is a valid access token of this tenant for Microsoft Graph. */
  verifyAccessToken(token: string): Promise<AccessTokenInfo | undefined>;
  stop(): Promise<void>;
}
