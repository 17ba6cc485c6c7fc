import { decodeJwt } from "jose";
import { createBrowser } from "../../local/tenant/browserless.ts";
import type { TokenFault } from "../../local/tenant/tenant.ts";
import type { Context } from "../../src/shared/context.ts";
import { authorizeUrl, OPENID_SCOPES } from "../../src/shared/identity/authorize.ts";
import type { Identity } from "../../src/shared/identity/claims.ts";
import type { RefreshRequest } from "../../src/shared/identity/refreshAnswer.ts";
import type {
  Redeemed,
  Refreshed,
  TokenEndpoint,
} from "../../src/shared/identity/tokenEndpoint.ts";
import { type Transaction, transactionOf } from "../../src/shared/identity/transaction.ts";
import { ADELE } from "./app.ts";
import { BASE_URL } from "./settings.ts";

export const REDIRECT_URI = `${BASE_URL}/auth/callback`;

interface Redemption {
  readonly secret?: string;
  readonly username?: string;
  /** Other values than those of the browser that signed in. */
  readonly forged?: Partial<Transaction & { code: string }>;
}

/** Signs in at the tenant and redeems the code. */
export async function redeem(
  { createClient, tokens }: Pick<Context, "createClient" | "tokens">,
  { secret = crypto.randomUUID(), username = ADELE, forged = {} }: Redemption = {},
) {
  const attempt = transactionOf(secret);
  const scopes = [...OPENID_SCOPES, "User.Read"];
  const url = await authorizeUrl(
    createClient,
    REDIRECT_URI,
    { ...attempt, state: "state" },
    { scopes },
  );
  const { code = "" } = (await createBrowser().signIn(url, username)).fields;
  const sent = { ...attempt, code, ...forged };
  return tokens.redeem(sent.code, REDIRECT_URI, scopes, sent);
}

/** A refresh in the session that this redemption would have made. */
export function refreshRequest(
  { idToken, homeAccountId }: Redeemed,
  scopes: readonly string[] = ["Mail.Read"],
  claims?: string,
): RefreshRequest {
  const { iss, sub, oid, tid } = decodeJwt(idToken) as Identity & { readonly tid: string };
  return { homeAccountId, tenantId: tid, identity: { iss, sub, oid }, scopes, claims };
}

/** The tokens, where the provider is expected to give some. */
export async function refreshed(result: ReturnType<TokenEndpoint["refresh"]>): Promise<Refreshed> {
  const tokens = await result;
  if ("refused" in tokens) throw tokens.refused;
  return tokens;
}

/** What can make a request fail without anything being wrong with its grant. */
export const PASSING: [string, TokenFault][] = [
  ["500", { status: 500, error: "server_error" }],
  ["500 with another error's name", { status: 500, error: "invalid_grant" }],
  ["503", { status: 503 }],
  ["504 of a gateway", { status: 504, error: "" }],
  ["429", { status: 429 }],
  ["429 with an error's name and number", { status: 429, number: 50173 }],
  ["a closed connection", { status: "drop" }],
];

export const UNAVAILABLE = {
  code: "ERR_PROVIDER_UNAVAILABLE",
  message: "Microsoft Entra ID does not answer. Try again in a moment.",
};
