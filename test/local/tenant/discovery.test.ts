import { describe, expect, it, test } from "@jest/globals";
import type { JSONWebKeySet } from "jose";
import { shared } from "../../support/shared.ts";
import { start } from "./helpers.ts";

const LOGIN = "https://login.microsoftonline.com";
const CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad";

const tenant = shared(() => start());

async function getJson<T = Record<string, unknown>>(url: string) {
  const response = await fetch(url);
  return { status: response.status, headers: response.headers, body: (await response.json()) as T };
}

function metadata(authority: string) {
  return getJson(`${tenant.internalUrl}/${authority}/v2.0/.well-known/openid-configuration`);
}

function keySet(authority = tenant.tenantId) {
  return getJson<JSONWebKeySet>(`${tenant.internalUrl}/${authority}/discovery/v2.0/keys`);
}

describe("discovery", () => {
  it("sends browsers to login.localhost and servers to 127.0.0.1", async () => {
    const { status, headers, body } = await getJson(tenant.metadataUrl);
    expect(status).toBe(200);
    expect(headers.get("access-control-allow-origin")).toBe("*");
    expect(new URL(tenant.url).hostname).toBe("login.localhost");
    expect(body).toMatchObject({
      issuer: `${LOGIN}/${tenant.tenantId}/v2.0`,
      authorization_endpoint: `${tenant.url}/${tenant.tenantId}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${tenant.url}/${tenant.tenantId}/oauth2/v2.0/logout`,
      token_endpoint: `${tenant.internalUrl}/${tenant.tenantId}/oauth2/v2.0/token`,
      jwks_uri: `${tenant.internalUrl}/${tenant.tenantId}/discovery/v2.0/keys`,
      response_modes_supported: ["query", "fragment", "form_post"],
      frontchannel_logout_supported: true,
      tenant_region_scope: "WW",
      cloud_instance_name: "microsoftonline.com",
    });
    expect(body).not.toHaveProperty("authorization_response_iss_parameter_supported");
    expect(body).not.toHaveProperty("backchannel_logout_supported");
  });

  test.each([
    ["contoso.com", () => `${LOGIN}/${tenant.tenantId}/v2.0`],
    ["CONTOSO.com", () => `${LOGIN}/${tenant.tenantId}/v2.0`],
    ["common", () => `${LOGIN}/{tenantid}/v2.0`],
    ["organizations", () => `${LOGIN}/{tenantid}/v2.0`],
    ["consumers", () => `${LOGIN}/${CONSUMERS}/v2.0`],
  ])("names the issuer of %s", async (authority, issuer) => {
    const { body } = await metadata(authority);
    expect(body.issuer).toBe(issuer());
  });

  it("refuses an unknown tenant with AADSTS90002", async () => {
    for (const { status, body } of [await metadata("nowhere.example"), await keySet("x")]) {
      expect(status).toBe(400);
      expect(body).toMatchObject({ error: "invalid_tenant", error_codes: [90002] });
    }
  });
});

describe("the key set", () => {
  it("is published as Entra does it, without private parts", async () => {
    const { body } = await keySet();
    expect(body.keys).toEqual([
      {
        kty: "RSA",
        use: "sig",
        kid: expect.stringMatching(/^[\w-]{27}$/),
        x5t: body.keys[0]?.kid,
        n: expect.any(String),
        e: "AQAB",
        x5c: [expect.any(String)],
        cloud_instance_name: "microsoftonline.com",
        issuer: tenant.issuer,
      },
    ]);
    const common = await keySet("common");
    expect(common.body.keys[0]).toMatchObject({ issuer: `${LOGIN}/{tenantid}/v2.0` });
  });
});
