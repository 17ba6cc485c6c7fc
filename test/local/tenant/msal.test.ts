import { ConfidentialClientApplication, InteractionRequiredAuthError } from "@azure/msal-node";
import { describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../../local/tenant/browserless.ts";
import { shared } from "../../support/shared.ts";
import { ADELE, ALEX, app, firstApp, REDIRECT_URI, SECRET, start, userOf } from "./helpers.ts";

const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const scopes = ["User.Read"];

const tenant = shared(() => start({ apps: [app({ optionalClaims: ["sid"], audience: "all" })] }));

/** The library as it is in production: real authority, metadata of the tenant, nothing else. */
async function client() {
  const metadata = await fetch(tenant.metadataUrl);
  return new ConfidentialClientApplication({
    auth: {
      clientId: firstApp(tenant).clientId,
      authority: `https://login.microsoftonline.com/${tenant.tenantId}`,
      authorityMetadata: await metadata.text(),
      clientSecret: SECRET,
    },
  });
}

async function signIn(
  msal: ConfidentialClientApplication,
  username = ADELE,
  { browser = createBrowser(), claims }: { browser?: Browser; claims?: string } = {},
) {
  const url = await msal.getAuthCodeUrl({
    scopes,
    redirectUri: REDIRECT_URI,
    responseMode: "form_post",
    codeChallenge: CHALLENGE,
    codeChallengeMethod: "S256",
    nonce: "the-nonce",
    state: "the-state",
    ...(claims !== undefined && { claims }),
  });
  const { fields } = await browser.signIn(url, username);
  return msal.acquireTokenByCode(
    {
      code: fields.code ?? "",
      scopes,
      redirectUri: REDIRECT_URI,
      codeVerifier: VERIFIER,
      state: "the-state",
      nonce: "the-nonce",
      ...(claims !== undefined && { claims }),
    },
    { ...fields, code: fields.code ?? "" },
  );
}

function tokenRequests() {
  return tenant.requests.filter(({ endpoint }) => endpoint === "token").length;
}

describe("msal-node", () => {
  it("signs in, and finds account, login_hint and sid as in production", async () => {
    const result = await signIn(await client());
    const { oid } = userOf(tenant, ADELE);
    expect(result).toMatchObject({
      uniqueId: oid,
      tenantId: tenant.tenantId,
      scopes: expect.arrayContaining(["User.Read"]),
      idTokenClaims: { login_hint: expect.stringMatching(/^O\./), sid: expect.any(String) },
      account: {
        homeAccountId: `${oid}.${tenant.tenantId}`,
        environment: "login.windows.net",
        tenantId: tenant.tenantId,
        username: ADELE,
        name: "Adele Vance",
        loginHint: expect.stringMatching(/^O\./),
      },
    });
    expect(await tenant.verifyAccessToken(result.accessToken)).toMatchObject({ oid });
  });

  it("takes the access token from its cache, and refreshes when forced or for other scopes", async () => {
    const msal = await client();
    const { account, accessToken } = await signIn(msal);
    if (!account) throw new Error("No account.");
    const before = tokenRequests();
    const cached = await msal.acquireTokenSilent({ account, scopes });
    expect(cached).toMatchObject({ accessToken, fromCache: true });
    expect(tokenRequests()).toBe(before);
    const forced = await msal.acquireTokenSilent({ account, scopes, forceRefresh: true });
    expect(forced.fromCache).toBe(false);
    expect(forced.accessToken).not.toBe(accessToken);
    const mail = await msal.acquireTokenSilent({ account, scopes: ["Mail.Read"] });
    expect(mail.scopes).toContain("Mail.Read");
    expect(tokenRequests()).toBe(before + 2);
  });

  it("gets the claims of a challenge, and a sign-in that carries them ends it", async () => {
    const msal = await client();
    const browser = createBrowser();
    const { account } = await signIn(msal, ALEX, { browser });
    if (!account) throw new Error("No account.");
    const claims = tenant.forceClaimsChallenge(userOf(tenant, ALEX).oid);
    const refused = await msal
      .acquireTokenSilent({ account, scopes, forceRefresh: true })
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(InteractionRequiredAuthError);
    expect(refused).toMatchObject({ errorCode: "interaction_required", claims });
    await signIn(msal, ALEX, { browser, claims });
    const result = await msal.acquireTokenSilent({ account, scopes, forceRefresh: true });
    expect(result.fromCache).toBe(false);
  });
});
