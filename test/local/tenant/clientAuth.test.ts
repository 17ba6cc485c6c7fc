import { createHash, type KeyObject } from "node:crypto";
import { describe, expect, it, test } from "@jest/globals";
import { type JWTPayload, SignJWT } from "jose";
import { createBrowser } from "../../../local/tenant/browserless.ts";
import { selfSignedCertificate } from "../../../local/tenant/certificate.ts";
import { rsaKey } from "../../support/certificate.ts";
import { shared } from "../../support/shared.ts";
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

const key = rsaKey();
const otherKey = rsaKey();
const certificate = selfSignedCertificate(key, "test");
const { kty = "", n = "", e = "" } = key.export({ format: "jwk" });
const federation = { issuer: ISSUER, subject: "identity", audience: AUDIENCE, jwk: { kty, n, e } };
const tenant = shared(() =>
  start({
    apps: [
      app({
        clientSecrets: ["another-secret", SECRET],
        certificates: [certificate.toString()],
        federatedCredentials: [federation],
      }),
    ],
  }),
);

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

  it("needs its type", async () => {
    const untyped = await withAssertion(assertion(), { client_assertion_type: undefined });
    expect(untyped.body.error_codes).toEqual([7000218]);
  });
});

it("a federated credential takes the place of a secret", async () => {
  expect((await withAssertion(federated())).status).toBe(200);
});

const soon = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

test.each<[string, number, () => string | Promise<string>]>([
  ["that is none", 700027, () => "not-a-jwt"],
  ["with an unknown thumbprint", 700027, () => assertion({ header: { "x5t#S256": "unknown" } })],
  ["without thumbprint", 700027, () => assertion({ header: {} })],
  ["by another key", 700027, () => assertion({ signer: otherKey })],
  ["of another algorithm", 700027, () => assertion({ alg: "PS512" })],
  ["of another subject", 700021, () => assertion({ claims: { sub: "someone-else" } })],
  ["for somebody else", 700023, () => assertion({ claims: { aud: "https://evil.example/" } })],
  ["that is over", 700024, () => assertion({ claims: { exp: soon(-400) } })],
  ["of the future", 700024, () => assertion({ claims: { nbf: soon(400) } })],
  ["federated, by another key", 700027, () => federated({}, otherKey)],
  ["of another federation", 700211, () => federated({ iss: "https://other.example/" })],
  ["federated, of another subject", 700213, () => federated({ sub: "someone-else" })],
  ["federated, for somebody else", 700212, () => federated({ aud: "api://something-else" })],
  ["federated, that is over", 700024, () => federated({ exp: 1 })],
])("an assertion %s is refused with AADSTS%i", async (_, code, make) => {
  const { status, body } = await withAssertion(make());
  expect(status).toBe(401);
  expect(body).toMatchObject({ error: "invalid_client", error_codes: [code] });
});

it("the same key has the same certificate again", () => {
  expect(selfSignedCertificate(key, "test").raw).toEqual(certificate.raw);
});
