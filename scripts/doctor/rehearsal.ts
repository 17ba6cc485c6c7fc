import { createBrowser } from "../../local/tenant/browserless.ts";
import type { Context } from "../../src/shared/context.ts";
import { authorizeUrl, OPENID_SCOPES } from "../../src/shared/identity/authorize.ts";
import type { IdTokenClaims } from "../../src/shared/identity/claims.ts";
import { endSessionUrl } from "../../src/shared/identity/endSessionUrl.ts";
import { transactionOf } from "../../src/shared/identity/transaction.ts";

/** The result of a sign-in and a sign-out at the development tenant. */
export interface Rehearsal {
  readonly claims: Pick<IdTokenClaims, "sid" | "login_hint" | "auth_time">;
  /** The logout URLs that the sign-out page framed, without their queries. */
  readonly framed: readonly string[];
}

/** A part of the text of every account's button. */
const ANY_ACCOUNT = "@";

/**
 * Signs somebody in at the development tenant, which takes no password, and out again. The app never gets the answer of
 * the sign-in, so it stores nothing.
 *
 * @throws Error
 */
export async function rehearse(context: Context): Promise<Rehearsal> {
  const { settings } = context;
  const { origin, home, baseUrl } = settings;
  const redirectUri = `${baseUrl}/auth/callback`;
  const attempt = transactionOf(crypto.randomUUID());
  const browser = createBrowser();

  const values = { ...attempt, state: attempt.id };
  const url = await authorizeUrl(context.createClient, redirectUri, values, {
    scopes: OPENID_SCOPES,
  });
  const { code = "" } = (await browser.signIn(url, ANY_ACCOUNT)).fields;
  const { idToken } = await context.tokens.redeem(code, redirectUri, OPENID_SCOPES, attempt);
  const claims = await context.idTokens.validate(idToken, attempt.nonce);

  const end = await endSessionUrl(context.metadata, settings, origin + home, claims.login_hint);
  const asked = await browser.get(end);
  // Without a hint the tenant asks which account is meant.
  const [question] = asked.frames.length > 0 ? [] : asked.forms;
  const page = question ? await browser.submit(question, { press: ANY_ACCOUNT }) : asked;
  const framed = page.frames.map((frame) => frame.replace(/\?.*/, ""));
  return { claims, framed };
}
