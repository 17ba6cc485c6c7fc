import type { JWK, JWTPayload } from "jose";
import type { AppRegistration, TenantUser } from "./directory.ts";
import type { BrowserSession } from "./session.ts";
import type { Switches } from "./switches.ts";

export interface TenantOptions {
  /** 0 takes a free one. */
  port?: number;
  /** The origin for browsers, where something stands in front of it. Default: its own, on `login.localhost`. */
  url?: string | undefined;
  tenantId?: string;
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
  /** Private. */
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
  /** Resolves to undefined unless it is a valid access token of this tenant for Microsoft Graph. */
  verifyAccessToken(token: string): Promise<AccessTokenInfo | undefined>;
  stop(): Promise<void>;
}
