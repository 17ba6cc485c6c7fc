import { ServerError } from "@azure/msal-node";
import { afterEach, describe, expect, it } from "@jest/globals";
import { SignJWT } from "jose";
import type { AppRegistration, Tenant } from "../../local/tenant/tenant.ts";
import { ManagedIdentityUnavailable } from "../../src/shared/base/errors.ts";
import type { Env } from "../../src/shared/config/env.ts";
import type { Platform } from "../../src/shared/context.ts";
import { envOf, tenantOfApp, testApp } from "../support/app.ts";
import { certificateOf, pemOf, rsaKey } from "../support/certificate.ts";
import { providerKey } from "../support/identity.ts";
import { BASE_URL, CLIENT_ID, SECRET } from "../support/settings.ts";
import { redeem, refreshRequest } from "../support/tokens.ts";

const FEDERATION = {
  issuer: "https://login.microsoftonline.com/identity-tenant/v2.0",
  subject: "identity-principal",
  audience: "api://AzureADTokenExchange",
};

let tenant: Tenant | undefined;
afterEach(async () => {
  await tenant?.stop();
  tenant = undefined;
});

/** Signs in with an app registration and an app that have these credentials. */
async function signInWith(
  registration: Partial<AppRegistration>,
  env: Env,
  platform: Partial<Platform> = {},
) {
  const displayName = "Lightsout";
  const redirectUris = [`${BASE_URL}/auth/callback`];
  tenant = await tenantOfApp({
    apps: [{ clientId: CLIENT_ID, displayName, redirectUris, ...registration }],
  });
  const { app } = testApp({ ...envOf(tenant), ENTRA_CLIENT_SECRET: undefined, ...env }, platform);
  return await redeem(app);
}

/** A managed identity whose tokens have this subject. */
async function managedIdentity(subject: string) {
  const key = await providerKey();
  const assertion = new SignJWT({ sub: subject })
    .setProtectedHeader({ alg: "RS256" })
    .setIssuer(FEDERATION.issuer)
    .setAudience(FEDERATION.audience)
    .setExpirationTime("1h");
  const token = await assertion.sign(key.privateKey);
  return { jwk: key.jwk, identity: () => async () => token };
}

const refused = (code: string) => ({
  code: "ERR_APP_REFUSED",
  message: `Microsoft Entra ID refuses the app's credential (${code}). Trying again does not help: whoever runs this app finds in its log what does.`,
});

describe("the tenant takes", () => {
  it("the client secret, and no other", async () => {
    const registration = { clientSecrets: [SECRET] };
    await expect(signInWith(registration, { ENTRA_CLIENT_SECRET: SECRET })).resolves.toBeDefined();
    await tenant?.stop();
    const wrong = signInWith(registration, { ENTRA_CLIENT_SECRET: "wrong" });
    await expect(wrong).rejects.toMatchObject(refused("AADSTS7000215"));
  });

  it("the certificate, and no other", async () => {
    const key = rsaKey();
    const registration = { certificates: [certificateOf(key)] };
    const env = { ENTRA_CLIENT_CERTIFICATE: certificateOf(key) + pemOf(key) };
    await expect(signInWith(registration, env)).resolves.toBeDefined();
    await tenant?.stop();
    const wrong = signInWith({ certificates: [certificateOf(rsaKey())] }, env);
    await expect(wrong).rejects.toMatchObject(refused("AADSTS700027"));
  });

  it("the managed identity's token, and no other identity's", async () => {
    const env = { ENTRA_MANAGED_IDENTITY_CLIENT_ID: "identity" };
    const { jwk, identity } = await managedIdentity(FEDERATION.subject);
    const registration = { federatedCredentials: [{ ...FEDERATION, jwk }] };
    const platform = { managedIdentity: identity };
    await expect(signInWith(registration, env, platform)).resolves.toBeDefined();
    await tenant?.stop();
    const other = await managedIdentity("another-principal");
    const wrong = signInWith(registration, env, { managedIdentity: other.identity });
    await expect(wrong).rejects.toMatchObject(refused("AADSTS700213"));
  });
});

describe("a managed identity that has no token", () => {
  /** MSAL has one error class for that and for a refusal of the token endpoint. */
  const refusal = new ServerError("invalid_request", "", "Unable to load the Managed Identity", "");

  it.each([
    ["does not answer", new Error("No identity endpoint.")],
    ["refuses, for it is not assigned", refusal],
  ])("for it %s, is an error that names it, at sign-in and at a refresh", async (_, cause) => {
    const env = { ENTRA_MANAGED_IDENTITY_CLIENT_ID: "identity" };
    const { jwk, identity } = await managedIdentity(FEDERATION.subject);
    const registration = { federatedCredentials: [{ ...FEDERATION, jwk }] };
    const platform = { managedIdentity: identity };
    const redeemed = await signInWith(registration, env, platform);
    const failing = () => async () => {
      throw new ManagedIdentityUnavailable("It gives no token.", { cause });
    };
    const unavailable = { code: "ERR_MANAGED_IDENTITY_UNAVAILABLE", cause };
    if (!tenant) throw new Error("There is no tenant.");
    const settings = { ...envOf(tenant), ENTRA_CLIENT_SECRET: undefined, ...env };
    const { app, logged } = testApp(settings, { managedIdentity: failing });
    await expect(redeem(app)).rejects.toMatchObject(unavailable);
    const refresh = app.tokens.refresh(redeemed.cache, refreshRequest(redeemed));
    await expect(refresh).rejects.toMatchObject(unavailable);
    expect(logged).toEqual([]);
  });
});
