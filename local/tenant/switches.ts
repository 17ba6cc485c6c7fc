import type { JWK, JWTHeaderParameters, JWTPayload } from "jose";
import type { ErrorNumber } from "./errors.ts";

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

interface ForgedIdToken {
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
