import { generateKeyPairSync } from "node:crypto";
import {
  ConfidentialClientApplication,
  InteractionRequiredAuthError,
  type NodeAuthOptions,
} from "@azure/msal-node";
import { describe, expect, it } from "@jest/globals";
import { type Browser, createBrowser } from "../../../local/tenant/browserless.ts";
import { selfSignedCertificate } from "../../../local/tenant/certificate.ts";
import { shared } from "../../support/shared.ts";
import { ADELE, ALEX, app, firstApp, REDIRECT_URI, SECRET, start, userOf } from "./helpers.ts";

const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const scopes = ["User.Read"];

const tenant = shared(() =>
  start({
    apps: [
      app({
        optionalClaims: ["sid"],
        certificates: [certificate.toString()],
        audience: "all",
      }),
    ],
  }),
);
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const certificate = selfSignedCertificate(privateKey, "msal");

/** The library as it is in production: real authority, metadata of the tenant, nothing else. */
async function client(options: Partial<NodeAuthOptions> = {}, authority = tenant.tenantId) {
  const metadata = await fetch(
    `${tenant.internalUrl}/${authority}/v2.0/.well-known/openid-configuration`,
  );
  return new ConfidentialClientApplication({
    auth: {
      clientId: firstApp(tenant).clientId,
      authority: `https://login.microsoftonline.com/${authority}`,
      authorityMetadata: await metadata.text(),
      ...("clientCertificate" in options ? {} : { clientSecret: SECRET }),
      ...options,
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

  it("proves itself with a certificate", async () => {
    const thumbprintSha256 = certificate.fingerprint256.replaceAll(":", "");
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const right = await client({ clientCertificate: { thumbprintSha256, privateKey: key } });
    expect((await signIn(right)).account?.username).toBe(ADELE);
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    const wrongKey = other.export({ type: "pkcs8", format: "pem" }).toString();
    const wrong = await client({ clientCertificate: { thumbprintSha256, privateKey: wrongKey } });
    await expect(signIn(wrong)).rejects.toThrow("AADSTS700027");
  });

  it("is told of a wrong secret and of a used code", async () => {
    await expect(signIn(await client({ clientSecret: "wrong" }))).rejects.toThrow("AADSTS7000215");
    const msal = await client();
    const request = { scopes, redirectUri: REDIRECT_URI, codeVerifier: VERIFIER };
    const url = await msal.getAuthCodeUrl({
      ...request,
      responseMode: "form_post",
      codeChallenge: CHALLENGE,
      codeChallengeMethod: "S256",
    });
    const { fields } = await createBrowser().signIn(url, ADELE);
    await msal.acquireTokenByCode({ ...request, code: fields.code ?? "" });
    await expect(
      msal.acquireTokenByCode({ ...request, code: fields.code ?? "" }),
    ).rejects.toMatchObject({ errorCode: "invalid_grant", errorNo: 54005 });
  });

  it("sees a revoked user only at the next refresh, as invalid_grant", async () => {
    const msal = await client();
    const { account } = await signIn(msal);
    if (!account) throw new Error("No account.");
    tenant.revoke(userOf(tenant, ADELE).oid);
    expect((await msal.acquireTokenSilent({ account, scopes })).fromCache).toBe(true);
    const refreshed = msal.acquireTokenSilent({ account, scopes, forceRefresh: true });
    await expect(refreshed).rejects.toMatchObject({ errorCode: "invalid_grant", errorNo: 50173 });
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

  it("is asked for consent", async () => {
    const msal = await client();
    const { account } = await signIn(msal);
    if (!account) throw new Error("No account.");
    firstApp(tenant).consentedScopes = ["User.Read"];
    const refused = msal.acquireTokenSilent({ account, scopes: ["Mail.Read"] });
    await expect(refused).rejects.toMatchObject({
      name: "InteractionRequiredAuthError",
      subError: "consent_required",
    });
    delete firstApp(tenant).consentedScopes;
  });

  it("declares cp1 and gets a long-lived token", async () => {
    const { account, expiresOn } = await signIn(await client({ clientCapabilities: ["cp1"] }));
    expect(account?.username).toBe(ADELE);
    expect(Number(expiresOn)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  });
});
