import { createBrowser } from "../../local/tenant/browserless.ts";
import type { TokenFault } from "../../local/tenant/tenant.ts";
import { type Attempt, attemptOf } from "../../src/shared/identity/attempt.ts";
import { authorizeUrl, SIGN_IN_SCOPES } from "../../src/shared/identity/authorize.ts";
import type { ClientFactory } from "../../src/shared/identity/client.ts";
import { redeemCode } from "../../src/shared/identity/tokens.ts";
import { ADELE } from "./app.ts";
import { BASE_URL } from "./settings.ts";

export const REDIRECT_URI = `${BASE_URL}/auth/callback`;

export interface Redemption {
  readonly secret?: string;
  readonly username?: string;
  /** Other values than those of the browser that signed in. */
  readonly forged?: Partial<Attempt & { code: string }>;
}

/** Signs in at the tenant and redeems the code. */
export async function redeem(
  createClient: ClientFactory,
  { secret = crypto.randomUUID(), username = ADELE, forged = {} }: Redemption = {},
) {
  const attempt = attemptOf(secret);
  const scopes = SIGN_IN_SCOPES;
  const url = await authorizeUrl(createClient, REDIRECT_URI, attempt, { scopes });
  const { code = "" } = (await createBrowser().signIn(url, username)).fields;
  const sent = { ...attempt, code, ...forged };
  return redeemCode(createClient, sent.code, REDIRECT_URI, scopes, sent);
}

/** What can make a request fail without anything being wrong with its grant. */
export const PASSING: [string, TokenFault][] = [
  ["500", { status: 500, error: "server_error" }],
  ["500 with another error's name", { status: 500, error: "invalid_grant" }],
  ["503", { status: 503 }],
  ["504 of a gateway", { status: 504, error: "" }],
  ["429", { status: 429 }],
  ["429 with a long Retry-After", { status: 429, headers: { "retry-after": "60" } }],
  ["a closed connection", { status: "drop" }],
];

export const UNAVAILABLE = {
  code: "ERR_PROVIDER_UNAVAILABLE",
  message: "Microsoft Entra ID does not answer. Try again in a moment.",
};

/** What the app itself is refused for. */
export const REFUSED: [string, TokenFault][] = [
  ["invalid_client", { status: 401, error: "invalid_client" }],
  ["unauthorized_client", { status: 400, error: "unauthorized_client" }],
];

export const CREDENTIAL_REFUSED = {
  code: "ERR_PROVIDER_UNAVAILABLE",
  message:
    "Microsoft Entra ID refuses the app's credential (AADSTS90023). Check ENTRA_CLIENT_ID and the client secret, certificate or federated credential.",
};
