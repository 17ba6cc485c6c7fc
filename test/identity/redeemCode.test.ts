import { beforeEach, describe, expect, it } from "@jest/globals";
import type { Context } from "../../src/shared/context.ts";
import { transactionOf } from "../../src/shared/identity/transaction.ts";
import { suits } from "../../src/shared/tokens/tokenCache.ts";
import { envOf, testApp, userOf } from "../support/app.ts";
import { CLIENT_ID } from "../support/settings.ts";
import { sharedTenant } from "../support/sharedTenant.ts";
import { redeem } from "../support/tokens.ts";

const tenant = sharedTenant();
let app: Context;
beforeEach(() => {
  app = testApp(envOf(tenant)).app;
});

describe("redeemCode", () => {
  it("gets the ID token, the account, and a cache with access and refresh token", async () => {
    const { idToken, homeAccountId, cache } = await redeem(app, { secret: "secret" });
    const { nonce } = transactionOf("secret");
    await expect(app.idTokens.validate(idToken, nonce)).resolves.toMatchObject({
      oid: userOf(tenant).oid,
    });
    expect(homeAccountId).toBe(`${userOf(tenant).oid}.${tenant.tenantId}`);
    expect(Object.keys(cache.RefreshToken)).toHaveLength(1);
    const { tenantId } = tenant;
    const wanted = { homeAccountId, tenantId, clientId: CLIENT_ID, scopes: ["User.Read"] };
    const token = Object.values(cache.AccessToken).find((it) => suits(it, wanted, Date.now()));
    await expect(tenant.verifyAccessToken(token?.secret ?? "")).resolves.toMatchObject({
      oid: userOf(tenant).oid,
    });
  });

  it.each([
    { code: "1.made-up" },
    { code: "x" },
    { codeVerifier: transactionOf("another").codeVerifier },
  ])("is refused with %j", async (forged) => {
    await expect(redeem(app, { forged })).rejects.toMatchObject({
      code: "ERR_SIGN_IN_REJECTED",
      reason: "code_refused",
      message: "This sign-in could not be completed. Please start again.",
    });
  });

  it("needs no expires_in: the token counts for ten minutes", async () => {
    tenant.switches.tokenAnswerOverrides = ({ expires_in: _, ext_expires_in: __, ...answer }) =>
      answer;
    const { cache } = await redeem(app);
    const [token] = Object.values(cache.AccessToken);
    const seconds = Number(token?.expires_on) - Date.now() / 1_000;
    expect(seconds).toBeGreaterThan(500);
    // MSAL rounds the present to a whole second.
    expect(seconds).toBeLessThanOrEqual(600.5);
  });
});
