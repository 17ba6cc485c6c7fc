import { describe, expect, it } from "@jest/globals";
import {
  type AuthorizeOptions,
  authorizeUrl,
  scopesToAsk,
  scopesToRedeem,
} from "../../src/shared/identity/authorize.ts";
import { createClientFactory } from "../../src/shared/identity/client.ts";
import { transactionOf } from "../../src/shared/identity/transaction.ts";
import { LOGIN, providerMetadata } from "../support/identity.ts";
import { CLIENT_ID, settings, TENANT_ID } from "../support/settings.ts";

const REDIRECT_URI = "https://app.example.com/auth/callback";
const transaction = { ...transactionOf("secret"), state: "k1.the-state" };
const offline = async () => {
  throw new Error("An authorization request is made without any request.");
};

async function url(options: Partial<AuthorizeOptions> = {}): Promise<URL> {
  const metadata = { peek: providerMetadata, get: async () => providerMetadata() };
  const network = { sendGetRequestAsync: offline, sendPostRequestAsync: offline };
  const createClient = createClientFactory(settings(), { clientSecret: "s" }, metadata, network);
  const all = { scopes: ["openid", "User.Read"], ...options };
  return new URL(await authorizeUrl(createClient, REDIRECT_URI, transaction, all));
}

describe("authorization request", () => {
  it("is one for code flow, PKCE S256 and form_post", async () => {
    const { origin, pathname, searchParams } = await url();
    expect(origin + pathname).toBe(`${LOGIN}/${TENANT_ID}/oauth2/v2.0/authorize`);
    // Nothing that nobody has asked for, such as max_age, but what MSAL says of itself.
    const asked = [...searchParams].filter(([name]) => !/^x-client|^client-|^clidata$/.test(name));
    expect(Object.fromEntries(asked)).toEqual({
      client_id: CLIENT_ID,
      response_type: "code",
      response_mode: "form_post",
      redirect_uri: REDIRECT_URI,
      state: transaction.state,
      nonce: transaction.nonce,
      code_challenge: transaction.codeChallenge,
      code_challenge_method: "S256",
      scope: expect.any(String),
      claims: expect.any(String),
      client_info: "1",
    });
    expect(searchParams.get("scope")?.split(" ").sort()).toEqual([
      "User.Read",
      "offline_access",
      "openid",
      "profile",
    ]);
  });

  it("says that the app can handle claims challenges, and asks for the login_hint claim", async () => {
    const { searchParams } = await url();
    expect(JSON.parse(searchParams.get("claims") ?? "")).toMatchObject({
      access_token: { xms_cc: { values: ["CP1"] } },
      id_token: { login_hint: expect.anything() },
    });
  });

  it("adds a challenge's claims to that", async () => {
    const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });
    const { searchParams } = await url({ claims });
    expect(JSON.parse(searchParams.get("claims") ?? "").access_token).toEqual({
      nbf: { essential: true, value: "1" },
      xms_cc: { values: ["CP1"] },
    });
  });

  it("passes OpenID Connect's own parameters on, and asks for the time that max_age is held against", async () => {
    const { searchParams } = await url({
      prompt: "create",
      loginHint: "a@b.example",
      domainHint: "b.example",
      maxAge: 0,
      uiLocales: "de en",
      acrValues: "urn:x",
      claims: JSON.stringify({ id_token: { acrs: { value: "c1" } } }),
    });
    expect(Object.fromEntries(searchParams)).toMatchObject({
      prompt: "create",
      login_hint: "a@b.example",
      domain_hint: "b.example",
      max_age: "0",
      ui_locales: "de en",
      acr_values: "urn:x",
    });
    expect(JSON.parse(searchParams.get("claims") ?? "")).toMatchObject({
      access_token: { xms_cc: { values: ["CP1"] } },
      id_token: { acrs: { value: "c1" }, auth_time: { essential: true } },
    });
  });

  it.each([
    "x&redirect_uri=https://evil.example",
    "x#&state=y",
    "x?response_mode=query",
    "x%26redirect_uri%3Dhttps://evil.example",
    "x;redirect_uri=y",
    "x+y z",
    "ünï&cödé=\u{1f600}",
  ])("cannot be changed by what is passed on: %s", async (hostile) => {
    const clean = [...(await url({ loginHint: "x", domainHint: "x" })).searchParams.keys()];
    const claims = JSON.stringify({ id_token: { [hostile]: { value: hostile } } });
    const options = { loginHint: hostile, domainHint: hostile, scopes: [hostile], claims };
    const { searchParams, hash, origin } = await url(options);
    expect([...searchParams.keys()].sort()).toEqual(clean.sort());
    expect(searchParams.get("login_hint")).toBe(hostile);
    expect(searchParams.get("domain_hint")).toBe(hostile);
    expect(searchParams.get("redirect_uri")).toBe(REDIRECT_URI);
    expect(searchParams.get("state")).toBe(transaction.state);
    expect(JSON.parse(searchParams.get("claims") ?? "").id_token[hostile]).toEqual({
      value: hostile,
    });
    expect([hash, origin]).toEqual(["", LOGIN]);
  });
});

describe("scopes", () => {
  const [A, B, Y] = ["api://x/Reports.Read", "api://x/Reports.Write", "https://y.example/a/read"];

  it.each([
    ["nothing more", "", "User.Read", "User.Read"],
    ["more of Microsoft Graph", "Mail.Read", "User.Read Mail.Read", "User.Read Mail.Read"],
    ["what is of no resource", "email", "User.Read email", "User.Read email"],
    [
      "two resources: the first that was asked for",
      `${A} Mail.Read ${B} ${Y}`,
      `User.Read ${A} Mail.Read ${B} ${Y}`,
      `${A} ${B}`,
    ],
    [
      "a resource in another case",
      "api://X/a api://x/b",
      "User.Read api://X/a api://x/b",
      "api://X/a api://x/b",
    ],
    ["all permissions of a resource", "api://x/.default", "api://x/.default", "api://x/.default"],
    ["all permissions of Microsoft Graph", ".default", ".default", ".default"],
  ])("%s", (_, more, asked, redeemed) => {
    const wanted = more.split(" ").filter(Boolean);
    const usual = "openid profile offline_access";
    expect(scopesToAsk(["User.Read"], wanted).join(" ")).toBe(`${usual} ${asked}`);
    expect(scopesToRedeem(["User.Read"], wanted).join(" ")).toBe(`${usual} ${redeemed}`);
  });
});
