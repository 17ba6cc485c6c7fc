import { decodeJwt } from "jose";
import { createBrowser } from "../../local/tenant/browserless.ts";
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
