import { generateKeyPairSync, webcrypto } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import * as client from "openid-client";
import { createBrowser } from "../../../local/tenant/browserless.ts";
import { selfSignedCertificate, thumbprint } from "../../../local/tenant/certificate.ts";
import { shared } from "../../support/shared.ts";
import { ADELE, app, firstApp, REDIRECT_URI, SECRET, start, userOf } from "./helpers.ts";

const tenant = shared(() => start({ apps: [app({ certificates: [certificate.toString()] })] }));
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const certificate = selfSignedCertificate(privateKey, "openid-client");

async function configure(auth = client.ClientSecretPost(SECRET)) {
  const metadata = (await (await fetch(tenant.metadataUrl)).json()) as client.ServerMetadata;
  const { clientId } = firstApp(tenant);
  const configuration = new client.Configuration(metadata, clientId, undefined, auth);
  client.allowInsecureRequests(configuration);
  client.enableNonRepudiationChecks(configuration);
  return configuration;
}

async function signIn(configuration: client.Configuration, responseMode = "form_post") {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const state = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(configuration, {
    redirect_uri: REDIRECT_URI,
    scope: "openid profile email offline_access User.Read",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
    response_mode: responseMode,
    state,
    nonce: expectedNonce,
  });
  return client.authorizationCodeGrant(configuration, await answer(url, responseMode), {
    expectedState: state,
    expectedNonce,
    pkceCodeVerifier,
    idTokenExpected: true,
  });
}

/** What arrives at the redirect URI. */
async function answer(url: URL, responseMode: string): Promise<URL | Request> {
  const browser = createBrowser();
  if (responseMode === "form_post") {
    const { action, fields } = await browser.signIn(url.href, ADELE);
    return new Request(action, { method: "POST", body: new URLSearchParams(fields) });
  }
  const page = await browser.get(url.href);
  const { location = "" } = await browser.submit(page.forms[0], { press: ADELE, follow: false });
  return new URL(location);
}

describe("openid-client", () => {
  it.each(["query", "form_post"])("signs in with response_mode=%s", async (responseMode) => {
    const tokens = await signIn(await configure(), responseMode);
    expect(tokens.claims()).toMatchObject({
      iss: tenant.issuer,
      aud: firstApp(tenant).clientId,
      oid: userOf(tenant, ADELE).oid,
      email: ADELE,
      sid: expect.any(String),
    });
    expect(tokens.expires_in).toBe(3600);
    expect(tokens.token_type).toBe("bearer");
  });

  it.each([
    ["client_secret_basic", () => client.ClientSecretBasic(SECRET)],
    ["private_key_jwt", () => privateKeyJwt()],
  ])("proves itself with %s", async (_method, auth) => {
    const configuration = await configure(await auth());
    expect((await signIn(configuration)).claims()?.preferred_username).toBe(ADELE);
  });
});

async function privateKeyJwt() {
  const key = await webcrypto.subtle.importKey(
    "pkcs8",
    privateKey.export({ type: "pkcs8", format: "der" }),
    { name: "RSA-PSS", hash: "SHA-256" },
    false,
    ["sign"],
  );
  return client.PrivateKeyJwt(key, {
    [client.modifyAssertion]: (header) => {
      header["x5t#S256"] = thumbprint(certificate, "sha256");
    },
  });
}
