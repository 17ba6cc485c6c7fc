import { createHash, generateKeyPairSync, type KeyObject, type X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, test } from "@jest/globals";
import { type JWK, type JWTPayload, SignJWT } from "jose";
import { createBrowser } from "../../../local/tenant/browserless.ts";
import { selfSignedCertificate } from "../../../local/tenant/certificate.ts";
import type { Tenant } from "../../../local/tenant/tenant.ts";
import {
  ADELE,
  app,
  authorizeUrl,
  firstApp,
  type Params,
  redeem,
  SECRET,
  start,
} from "./helpers.ts";

const JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const AUDIENCE = "api://AzureADTokenExchange";
const ISSUER = "https://issuer.example/";

let tenant: Tenant;
let key: KeyObject;
let certificate: X509Certificate;
let otherKey: KeyObject;
let publicClient: string;

beforeAll(async () => {
  key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  otherKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  certificate = selfSignedCertificate(key, "test");
  const { kty, n, e } = key.export({ format: "jwk" }) as JWK;
  const jwk = { kty, n, e } as JWK;
  const federated = { issuer: ISSUER, subject: "identity", audience: AUDIENCE, jwk };
  const open = app({ displayName: "Public client", clientSecrets: [] });
  publicClient = open.clientId;
  tenant = await start({
    apps: [
      app({
        clientSecrets: ["another-secret", SECRET],
        certificates: [certificate.toString()],
        federatedCredentials: [federated],
      }),
      open,
    ],
  });
});
afterAll(() => tenant.stop());

/** Redeems a fresh code, authenticating with these parameters. */
async function authenticate(params: Params) {
  const form = await createBrowser().signIn(authorizeUrl(tenant), ADELE);
  return redeem(tenant, form, { client_secret: undefined, ...params });
}

async function withAssertion(client_assertion: string | Promise<string>, more: Params = {}) {
  return authenticate({
    client_assertion: await client_assertion,
    client_assertion_type: JWT_BEARER,
    ...more,
  });
}

interface Assertion {
  alg?: string;
  header?: Record<string, string>;
  claims?: JWTPayload;
  signer?: KeyObject;
}

function assertion({ alg = "PS256", header, claims, signer = key }: Assertion = {}) {
  const { clientId } = firstApp(tenant);
  const x5t = createHash("sha256").update(certificate.raw).digest("base64url");
  const seconds = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: `${tenant.internalUrl}/${tenant.tenantId}/oauth2/v2.0/token`,
    nbf: seconds,
    exp: seconds + 600,
    jti: crypto.randomUUID(),
    ...claims,
  })
    .setProtectedHeader({ alg, ...(header ?? { "x5t#S256": x5t }) })
    .sign(signer);
}

function federated(claims: JWTPayload = {}, signer = key) {
  const header = { kid: "their-key" };
  const base = { iss: ISSUER, sub: "identity", aud: AUDIENCE };
  return assertion({ alg: "RS256", header, claims: { ...base, ...claims }, signer });
}

describe("a client secret", () => {
  it("may be any of the registered ones", async () => {
    expect((await authenticate({ client_secret: SECRET })).status).toBe(200);
    expect((await authenticate({ client_secret: "another-secret" })).status).toBe(200);
  });

  test.each([
    ["wrong", 7000215],
    [undefined, 7000218],
  ])("%s is refused with 401 and AADSTS%i", async (client_secret, code) => {
    const { status, body } = await authenticate({ client_secret });
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: "invalid_client", error_codes: [code] });
  });
});

describe("a public client", () => {
  it("needs no credential, and must not send one", async () => {
    const browser = createBrowser();
    const form = await browser.signIn(authorizeUrl(tenant, { client_id: publicClient }), ADELE);
    const sent = await redeem(tenant, form, { client_id: publicClient });
    expect(sent.status).toBe(401);
    expect(sent.body.error_codes).toEqual([700025]);
    const bare = await redeem(tenant, form, { client_id: publicClient, client_secret: undefined });
    expect(bare.status).toBe(200);
  });
});

describe("a certificate", () => {
  it("signs with RS256 and its SHA-1 thumbprint", async () => {
    const x5t = createHash("sha1").update(certificate.raw).digest("base64url");
    const { status } = await withAssertion(assertion({ alg: "RS256", header: { x5t } }));
    expect(status).toBe(200);
  });

  it("may name the real token endpoint or the issuer as audience", async () => {
    const real = `https://login.microsoftonline.com/${tenant.tenantId}/oauth2/v2.0/token`;
    expect((await withAssertion(assertion({ claims: { aud: real } }))).status).toBe(200);
    expect((await withAssertion(assertion({ claims: { aud: tenant.issuer } }))).status).toBe(200);
  });

  test.each<[string, number, () => Assertion]>([
    ["an unknown thumbprint", 700027, () => ({ header: { "x5t#S256": "unknown" } })],
    ["no thumbprint", 700027, () => ({ header: {} })],
    ["another key", 700027, () => ({ signer: otherKey })],
    ["another algorithm", 700027, () => ({ alg: "PS512" })],
    ["another subject", 700021, () => ({ claims: { sub: "someone-else" } })],
    ["another audience", 700023, () => ({ claims: { aud: "https://evil.example/" } })],
    ["a past expiry", 700024, () => ({ claims: { exp: Math.floor(Date.now() / 1000) - 400 } })],
    ["a future start", 700024, () => ({ claims: { nbf: Math.floor(Date.now() / 1000) + 400 } })],
  ])("with %s is refused with AADSTS%i", async (_what, code, change) => {
    const { status, body } = await withAssertion(assertion(change()));
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: "invalid_client", error_codes: [code] });
  });

  it("is refused when the assertion is no JWT or has no type", async () => {
    expect((await withAssertion("not-a-jwt")).body.error_codes).toEqual([700027]);
    const untyped = await withAssertion(assertion(), { client_assertion_type: undefined });
    expect(untyped.body.error_codes).toEqual([7000218]);
  });
});

describe("a federated credential", () => {
  it("takes the place of a secret", async () => {
    expect((await withAssertion(federated())).status).toBe(200);
  });

  test.each<[string, number, JWTPayload]>([
    ["issuer", 700211, { iss: "https://other.example/" }],
    ["subject", 700213, { sub: "someone-else" }],
    ["audience", 700212, { aud: "api://something-else" }],
    ["time", 700024, { exp: 1 }],
  ])("with another %s is refused with AADSTS%i", async (_what, code, claims) => {
    const { status, body } = await withAssertion(federated(claims));
    expect(status).toBe(401);
    expect(body).toMatchObject({ error: "invalid_client", error_codes: [code] });
  });

  it("with another key is refused", async () => {
    const { body } = await withAssertion(federated({}, otherKey));
    expect(body.error_codes).toEqual([700027]);
  });
});

describe("selfSignedCertificate", () => {
  it("is the same again for the same key", () => {
    expect(selfSignedCertificate(key, "test").raw).toEqual(certificate.raw);
  });
});
