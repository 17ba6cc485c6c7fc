/**
 * Who or what can solve a refusal of the token endpoint.
 * - `dead`: the grant is over for good. Only a new sign-in helps.
 * - `grant`: this code or refresh token is refused, which says nothing about the user's grant.
 * - `scope`: the scopes are refused. At a refresh the user may agree to them; at the end of a sign-in it is the app's fault.
 * - `user`: the user has to agree to something, or to satisfy a policy.
 * - `time`: the provider is busy, or asks for fewer requests.
 * - `app`: only whoever runs the app can solve it.
 * - `credential`: the same, and it is the client credential.
 */
export type Verdict = "dead" | "grant" | "scope" | "user" | "time" | "app" | "credential";

/*
 * What the numbers of Microsoft Entra ID's refusals mean to this app. What is not here is judged by its OAuth
 * error code, and in doubt nothing is deleted.
 *
 * Each number is explained at https://login.microsoftonline.com/error?code=<number>. The words are those of
 * [1] https://learn.microsoft.com/entra/identity-platform/reference-error-codes. Those marked [2] are not in that
 * list: they are from error messages that users of Entra ID have published.
 */
const VERDICTS: Readonly<Record<number, Verdict>> = {
  // The grant is dead.
  50034: "dead", // UserAccountNotFound: deleted, or of another tenant
  50057: "dead", // UserDisabled
  50173: "dead", // FreshTokenNeeded: revoked, or the password has changed
  70008: "dead", // ExpiredOrRevokedGrant
  70043: "dead", // BadTokenDueToSignInFrequency
  700082: "dead", // ExpiredOrRevokedGrantInactiveToken

  // This code, or this refresh token. For personal accounts 70000 also says that a scope has no consent [2].
  54005: "grant", // the code was already redeemed
  70000: "grant", // InvalidGrant
  501481: "grant", // the code_verifier does not match
  700005: "grant", // InvalidGrantRedeemAgainstWrongTenant

  70011: "scope", // InvalidScope

  // The user.
  16000: "user", // InteractionRequired
  50058: "user", // UserInformationNotProvided
  50072: "user", // UserStrongAuthEnrollmentRequiredInterrupt
  50074: "user", // UserStrongAuthClientAuthNRequiredInterrupt
  50076: "user", // UserStrongAuthClientAuthNRequired
  50078: "user", // UserStrongAuthExpired
  50079: "user", // UserStrongAuthEnrollmentRequired
  50097: "user", // DeviceAuthenticationRequired
  50105: "user", // EntitlementGrantsNotFound: the sign-in page says whom to ask
  50131: "user", // ConditionalAccessFailed
  50158: "user", // ExternalSecurityChallenge
  53000: "user", // DeviceNotCompliant
  53001: "user", // DeviceNotDomainJoined
  53003: "user", // BlockedByConditionalAccess
  65001: "user", // DelegationDoesNotExist: no consent
  90094: "user", // AdminConsentRequired
  700020: "user", // InteractionRequired

  // Time.
  50033: "time", // RetryableError
  50087: "time", // SasRetryableError
  50196: "time", // LoopDetected: too many of the same request
  70012: "time", // MsaServerError
  90006: "time", // ExternalServerRetryableError
  90012: "time", // RequestTimeout
  90024: "time", // RequestBudgetExceededError
  90033: "time", // MsodsServiceUnavailable
  90055: "time", // TenantThrottlingError
  90090: "time", // GraphRetryableError

  // Whoever runs the app: what it asks for …
  28000: "app", // scopes of more than one resource [2]
  50001: "app", // InvalidResource
  50194: "app", // not configured as a multitenant application
  65005: "app", // MisconfiguredApplication
  70001: "app", // UnauthorizedClient: the application is disabled
  70003: "app", // UnsupportedGrantType
  90002: "app", // InvalidTenantName
  90014: "app", // MissingRequiredField
  90023: "app", // InvalidRequest
  500011: "app", // InvalidResourceServicePrincipalNotFound
  500112: "app", // the redirect URI is not the one of the authorization request [2]
  650052: "app", // the organization has no subscription of the service
  650053: "app", // the resource has no such scope [2]
  650056: "app", // Misconfigured application
  650057: "app", // the resource is not in the registration's permissions
  700016: "app", // UnauthorizedClient_DoesNotMatchRequest: no such registration
  700022: "app", // InvalidMultipleResourcesScope
  700038: "app", // a client id of zeros [2]
  900144: "app", // a parameter is missing
  7000112: "app", // UnauthorizedClientApplicationDisabled
  9002313: "app", // InvalidRequest: malformed
  9002327: "app", // the redirect URI is registered for single-page applications [2]
  9002332: "app", // for Entra users only

  // … and how it proves who it is.
  50012: "credential", // AuthenticationFailed: the assertion's certificate
  70002: "credential", // InvalidClient
  700021: "credential", // issuer and subject of the assertion [2]
  700023: "credential", // audience of the assertion [2]
  700024: "credential", // times of the assertion [2]
  700025: "credential", // InvalidClientPublicClientWithCredential
  700027: "credential", // the assertion's signature, or its certificate is not registered
  700030: "credential", // Invalid certificate
  700211: "credential", // no federated credential has this issuer [2]
  700212: "credential", // … this audience [2]
  700213: "credential", // … this subject [2]
  7000215: "credential", // Invalid client secret
  7000218: "credential", // there is no credential in the request
  7000222: "credential", // InvalidClientSecretExpiredKeysProvided
};

export function verdictOfNumber(number: number): Verdict | undefined {
  return Object.hasOwn(VERDICTS, number) ? VERDICTS[number] : undefined;
}

const REGISTRATION = "Compare ENTRA_CLIENT_ID and ENTRA_TENANT_ID with the app registration.";

const FIXES: Readonly<Record<number, string>> = {
  28000: "Ask for scopes of one resource in one token request.",
  500011:
    "The tenant does not know the API that the scopes belong to: check how they are spelled, and whether that API's application is installed there.",
  500112: "The registered redirect URI has to be APP_BASE_URL with /auth/callback.",
  650053: "The API has no such scope: check how it is spelled.",
  700016: REGISTRATION,
  700038: REGISTRATION,
  7000112:
    "The application is disabled in the tenant: Enterprise applications, Properties, enabled.",
  7000215:
    "ENTRA_CLIENT_SECRET has to be a secret's value, not its id. One that was made just now may be refused for a minute.",
  7000222: "The client secret has expired: make a new one, and set ENTRA_CLIENT_SECRET.",
  9002327: "The redirect URI has to be registered for the platform Web, not as a single-page app.",
};

const CREDENTIAL =
  "Check ENTRA_CLIENT_ID and the client secret, certificate or federated credential.";

/** Whether a dead grant is dead because the user is: disabled, or deleted. */
export function isUserGone(number: number | undefined): boolean {
  return number === 50057 || number === 50034;
}

/** What whoever runs the app has to do. */
export function fixOf(verdict: "app" | "credential", number: number | undefined): string {
  const known = number === undefined ? undefined : FIXES[number];
  if (known !== undefined) return known;
  if (verdict === "credential") return CREDENTIAL;
  return number === undefined
    ? REGISTRATION
    : `See https://login.microsoftonline.com/error?code=${number}`;
}
