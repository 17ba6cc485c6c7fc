import { generateKeyPairSync, webcrypto } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import * as client from "openid-client";
import { type Browser, createBrowser } from "../../../local/tenant/browserless.ts";
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

interface SignInOptions {
  browser?: Browser;
  responseMode?: "query" | "form_post";
  expectedState?: string;
  verifier?: string;
}

async function signIn(configuration: client.Configuration, options: SignInOptions = {}) {
  const { browser = createBrowser(), responseMode = "form_post" } = options;
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
  return client.authorizationCodeGrant(configuration, await answer(browser, url, responseMode), {
    expectedState: options.expectedState ?? state,
    expectedNonce,
    pkceCodeVerifier: options.verifier ?? pkceCodeVerifier,
    idTokenExpected: true,
  });
}

/** What arrives at the redirect URI. */
async function answer(browser: Browser, url: URL, responseMode: string): Promise<URL | Request> {
  if (responseMode === "form_post") {
    const { action, fields } = await browser.signIn(url.href, ADELE);
    return new Request(action, { method: "POST", body: new URLSearchParams(fields) });
  }
  const page = await browser.get(url.href);
  const { location = "" } = await browser.submit(page.forms[0], { press: ADELE, follow: false });
  return new URL(location);
}

describe("openid-client", () => {
  it.each(["query", "form_post"] as const)(
    "signs in with response_mode=%s",
    async (responseMode) => {
      const tokens = await signIn(await configure(), { responseMode });
      expect(tokens.claims()).toMatchObject({
        iss: tenant.issuer,
        aud: firstApp(tenant).clientId,
        oid: userOf(tenant, ADELE).oid,
        email: ADELE,
        sid: expect.any(String),
      });
      expect(tokens.expires_in).toBe(3600);
      expect(tokens.token_type).toBe("bearer");
    },
  );

  it("refreshes, and asks for other scopes", async () => {
    const configuration = await configure();
    const first = await signIn(configuration);
    const tokens = await client.refreshTokenGrant(configuration, first.refresh_token ?? "", {
      scope: "openid Mail.Read",
    });
    expect(tokens.access_token).not.toBe(first.access_token);
    expect(tokens.scope).toBe("openid Mail.Read");
    expect(tokens.claims()?.sub).toBe(first.claims()?.sub);
  });

  it.each([
    ["client_secret_basic", () => client.ClientSecretBasic(SECRET)],
    ["private_key_jwt", () => privateKeyJwt()],
  ])("proves itself with %s", async (_method, auth) => {
    const configuration = await configure(await auth());
    expect((await signIn(configuration)).claims()?.preferred_username).toBe(ADELE);
  });

  it("is refused with a wrong secret, verifier or state", async () => {
    const wrongSecret = await configure(client.ClientSecretPost("wrong"));
    await expect(signIn(wrongSecret)).rejects.toMatchObject({
      error: "invalid_client",
      status: 401,
    });
    const configuration = await configure();
    await expect(
      signIn(configuration, { verifier: client.randomPKCECodeVerifier() }),
    ).rejects.toMatchObject({ error: "invalid_grant" });
    await expect(signIn(configuration, { expectedState: "other" })).rejects.toThrow();
  });

  it("refuses forged ID tokens of the tenant", async () => {
    const configuration = await configure();
    tenant.switches.idTokenOverrides = (claims) => ({
      claims,
      key: privateKey.export({ format: "jwk" }),
    });
    await expect(signIn(configuration)).rejects.toThrow();
    tenant.switches.idTokenOverrides = (claims) => ({ claims: { ...claims, aud: "other" } });
    await expect(signIn(configuration)).rejects.toThrow();
    tenant.switches.idTokenOverrides = undefined;
    await expect(signIn(configuration)).resolves.toBeDefined();
  });

  it("signs out, and comes back with state", async () => {
    const configuration = await configure();
    const browser = createBrowser();
    const tokens = await signIn(configuration, { browser });
    const url = client.buildEndSessionUrl(configuration, {
      post_logout_redirect_uri: "http://localhost:7071/",
      logout_hint: String(tokens.claims()?.login_hint),
      id_token_hint: tokens.id_token ?? "",
      state: "after",
    });
    const page = await browser.get(url.href);
    expect(page.refresh).toBe("http://localhost:7071/?state=after");
    expect(page.frames).toEqual([expect.stringContaining(`?sid=${tokens.claims()?.sid}`)]);
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
