/*
 * What to do about what the table service says, or the network on the way to it. The log, the doctor and
 * docs/operations.md say the same.
 */

/** By error code: of the Table service, of Node, of OpenSSL. */
export const STORAGE_ADVICE: readonly (readonly [codes: readonly string[], advice: string])[] = [
  [
    ["AuthenticationFailed"],
    "The key or signature is not taken: see whether the account's key was rotated or the SAS has expired, and whether this machine's clock is right.",
  ],
  [
    ["AuthorizationFailure"],
    "Let the app's network in: the storage account's firewall (Networking) or private endpoint keeps it out.",
  ],
  [
    ["AuthorizationPermissionMismatch", "InsufficientAccountPermissions"],
    "Give the app's identity the role Storage Table Data Contributor on the table; a new role takes minutes. A SAS needs the permissions raud.",
  ],
  [
    [
      "AuthorizationResourceTypeMismatch",
      "AuthorizationServiceMismatch",
      "AuthorizationProtocolMismatch",
      "AuthorizationSourceIPMismatch",
    ],
    "Make a SAS for the Table service and its objects, over https, for the addresses that the app comes from.",
  ],
  [
    ["KeyBasedAuthenticationNotPermitted"],
    "The account takes no keys: name the table by TOKEN_CACHE_STORAGE__tableServiceUri, and let the app's managed identity in.",
  ],
  [
    ["InvalidAuthenticationInfo", "NoAuthenticationInformation"],
    "The identity's token is not taken: see whether the account is of the same tenant, and whether this machine's clock is right.",
  ],
  [
    ["AccountIsDisabled"],
    "The storage account is disabled: see the subscription's state, and its bills.",
  ],
  [
    ["TableBeingDeleted", "TableNotFound"],
    "Somebody has deleted the table: see The table is gone in docs/operations.md.",
  ],
  [
    ["ServerBusy", "AccountIOPSLimitExceeded", "OperationTimedOut", "InternalError"],
    "Time solves it. If it lasts: see who else uses the account, and Azure's service health.",
  ],
  [
    ["ERR_MANAGED_IDENTITY_UNAVAILABLE"],
    "The managed identity gives no token: see The identity gives no token in docs/operations.md.",
  ],
  [
    ["ENOTFOUND", "EAI_AGAIN"],
    "The account's name is not found: see whether it is spelled right and still there, and the DNS of a private endpoint.",
  ],
  [
    ["ECONNREFUSED", "ECONNRESET", "EPIPE", "ETIMEDOUT", "EHOSTUNREACH", "TimeoutError"],
    "The account does not answer: see Azure's service health, and what is between it and the app.",
  ],
];

const OTHERWISE =
  "See whether the storage setting names the right account, and whether the app's identity has the role Storage Table Data Contributor on the table.";
/** Codes of a proxy in between that presents a TLS certificate of its own. */
const CERTIFICATE = /CERT|ERR_TLS|ERR_SSL|EPROTO/;
const OF_CERTIFICATE =
  "The certificate is not the account's: something in between opens the connection, or the endpoint is another host's.";

export function storageAdviceFor(code: string): string {
  const known = STORAGE_ADVICE.find(([codes]) => codes.includes(code))?.[1];
  return known ?? (CERTIFICATE.test(code) ? OF_CERTIFICATE : OTHERWISE);
}
