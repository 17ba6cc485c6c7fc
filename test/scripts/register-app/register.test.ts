import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, test } from "@jest/globals";
import { applicationFor, GRAPH_PERMISSIONS } from "../../../scripts/register-app/application.ts";
import { createGraph } from "../../../scripts/register-app/graph.ts";
import { readOptions } from "../../../scripts/register-app/options.ts";
import { registerApp } from "../../../scripts/register-app/register.ts";
import { cloudOf } from "../../../src/shared/config/cloud.ts";
import { certificateOf, rsaKey } from "../../support/certificate.ts";
import { newFolder } from "../../support/folder.ts";
import { type Directory, startDirectory, TOKEN } from "./directory.ts";

const TENANT = "11111111-1111-4111-8111-111111111111";
const IDENTITY = {
  id: "22222222-2222-4222-8222-222222222222",
  appId: "33333333-3333-4333-8333-333333333333",
};
const APP = "https://app.example.com";

let directory: Directory;
let said: string[];
let waits: number[];
/** Host of the cloud's authorities. */
let host: string;

beforeEach(async () => {
  directory = await startDirectory();
  said = [];
  waits = [];
  host = "login.microsoftonline.com";
});

afterEach(() => directory.stop());

async function register(...args: string[]) {
  const options = readOptions(["--base-url", APP, ...args]);
  if (!options) throw new Error("These arguments ask for help.");
  said = [];
  return await registerApp(options, {
    graph: createGraph({ baseUrl: directory.url, token: TOKEN }),
    cloud: cloudOf(`https://${host}`),
    tenantId: TENANT,
    say: (line) => said.push(line),
    sleep: async (milliseconds) => waits.push(milliseconds),
  });
}

/** What another run changes. */
async function changesOf(...args: string[]): Promise<string[]> {
  directory.requests.length = 0;
  await register(...args);
  return directory.writes();
}

describe("a first run", () => {
  it("makes the registration and its service principal", async () => {
    const settings = await register();
    const [application] = directory.applications;
    expect(application).toMatchObject({
      ...applicationFor("Lightsout (app.example.com)", APP),
      uniqueName: "lightsout-app.example.com",
    });
    expect(directory.servicePrincipals).toEqual([
      expect.objectContaining({ appId: application?.appId }),
    ]);
    expect(settings).toEqual({
      APP_BASE_URL: APP,
      ENTRA_CLIENT_ID: application?.appId,
      ENTRA_TENANT_ID: TENANT,
    });
  });

  it("says everything it does", async () => {
    await register();
    expect(
      said.join("\n"),
    ).toBe(`Making the registration Lightsout (app.example.com) (tenant ${TENANT})
  + displayName: Lightsout (app.example.com)
  + signInAudience: AzureADMyOrg
  + web.redirectUris: https://app.example.com/auth/callback
  + web.redirectUris: https://app.example.com/auth/signed-out
  + web.logoutUrl: https://app.example.com/auth/logout-callback
  + optionalClaims.idToken: sid
  + optionalClaims.idToken: login_hint
  + optionalClaims.idToken: auth_time
  + optionalClaims.idToken: acrs
${Object.keys(GRAPH_PERMISSIONS)
  .map((name) => `  + requiredResourceAccess: ${name}`)
  .join("\n")}
Permissions of Microsoft Graph: as in infra/graph-permissions.json`);
  });

  it("has no front-channel logout URL on localhost, and says so", async () => {
    await register("--base-url", "http://localhost:7071");
    expect(directory.applications[0]).toMatchObject({
      uniqueName: "lightsout-localhost-7071",
      web: {
        logoutUrl: null,
        redirectUris: [
          "http://localhost:7071/auth/callback",
          "http://localhost:7071/auth/signed-out",
        ],
      },
    });
    expect(said.at(-1)).toMatch(/^Without https/);
  });

  it("waits until the directory knows the new registration everywhere", async () => {
    const unknown = { match: /^POST \/servicePrincipals/, status: 400, code: "Request_BadRequest" };
    directory.refusals.push(unknown, { ...unknown });
    await register();
    expect(directory.servicePrincipals).toHaveLength(1);
    expect(waits).toEqual([1_000, 2_000]);
  });

  it("does not mind that somebody else makes the service principal first", async () => {
    directory.refusals.push({
      match: /^POST \/servicePrincipals/,
      status: 409,
      code: "Request_MultipleObjectsWithSameKeyValue",
    });
    await expect(register()).resolves.toBeDefined();
  });
});

describe("a second run", () => {
  it("changes nothing", async () => {
    const first = await register();
    directory.requests.length = 0;
    expect(await register()).toEqual(first);
    expect(directory.writes()).toEqual([]);
    expect(said[0]).toMatch(/^Nothing is missing in/);
  });

  it("adds what is missing and keeps what others added", async () => {
    const stored = directory.seed({
      uniqueName: "lightsout-app.example.com",
      displayName: "Ours",
      signInAudience: "AzureADMultipleOrgs",
      web: {
        homePageUrl: "https://example.com",
        logoutUrl: "https://old.example.com/bye",
        redirectUris: [`${APP}/auth/signed-out`, "https://other.example.com/cb"],
        implicitGrantSettings: { enableAccessTokenIssuance: false, enableIdTokenIssuance: true },
      },
      optionalClaims: {
        idToken: [{ name: "sid", essential: false }],
        accessToken: [{ name: "acct" }],
      },
      requiredResourceAccess: [
        { resourceAppId: "another API", resourceAccess: [{ id: "its scope", type: "Scope" }] },
      ],
    });
    await register();
    expect(said.slice(1, 8)).toEqual([
      "  + web.redirectUris: https://app.example.com/auth/callback",
      "  ~ web.logoutUrl: https://old.example.com/bye -> https://app.example.com/auth/logout-callback",
      "  - web.implicitGrantSettings.enableIdTokenIssuance",
      "  + optionalClaims.idToken: login_hint",
      "  + optionalClaims.idToken: auth_time",
      "  + optionalClaims.idToken: acrs",
      "  + requiredResourceAccess: openid",
    ]);
    expect(stored).toMatchObject({
      displayName: "Ours",
      signInAudience: "AzureADMultipleOrgs",
      web: {
        homePageUrl: "https://example.com",
        logoutUrl: `${APP}/auth/logout-callback`,
        redirectUris: [
          `${APP}/auth/signed-out`,
          "https://other.example.com/cb",
          `${APP}/auth/callback`,
        ],
        implicitGrantSettings: { enableIdTokenIssuance: false },
      },
      optionalClaims: {
        idToken: [
          { name: "sid", essential: false },
          ...[{ name: "login_hint" }, { name: "auth_time" }, { name: "acrs" }],
        ],
        accessToken: [{ name: "acct" }],
      },
    });
    expect(stored.requiredResourceAccess).toHaveLength(2);
    expect(await changesOf()).toEqual([]);
  });
});

it("changes nothing in a dry run", async () => {
  expect(await register("--dry-run", "--credential", "secret")).toBeUndefined();
  expect(directory.writes()).toEqual([]);
  expect(said).toContainEqual(expect.stringContaining("+ passwordCredentials"));
});

describe("an existing registration", () => {
  it("is taken by its client id", async () => {
    const stored = directory.seed({ displayName: "Made by hand" });
    await register("--client-id", stored.appId);
    expect(directory.applications).toHaveLength(1);
    expect(stored.web.logoutUrl).toBe(`${APP}/auth/logout-callback`);
  });

  it("has to be there", async () => {
    await expect(register("--client-id", IDENTITY.appId)).rejects.toThrow(
      "no registration with the client id",
    );
  });
});

describe("a credential", () => {
  it("can be a secret, new every time", async () => {
    expect(await register("--credential", "secret")).toMatchObject({
      ENTRA_CLIENT_SECRET: "made by the directory",
    });
    expect(await changesOf("--credential", "secret")).toEqual([
      expect.stringMatching(/addPassword$/),
    ]);
  });

  describe("can be a managed identity", () => {
    const option = ["--credential", `managed-identity:${IDENTITY.appId}`];
    const federated = () => directory.applications[0]?.federated ?? [];
    beforeEach(() => void directory.servicePrincipals.push(IDENTITY));

    it("once", async () => {
      expect(await register(...option)).toMatchObject({
        ENTRA_MANAGED_IDENTITY_CLIENT_ID: IDENTITY.appId,
      });
      expect(federated()).toEqual([
        {
          id: expect.any(String),
          name: "managed-identity",
          description: expect.any(String),
          issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
          subject: IDENTITY.id,
          audiences: ["api://AzureADTokenExchange"],
        },
      ]);
      expect(await changesOf(...option)).toEqual([]);
    });

    it.each([
      ["login.microsoftonline.us", "login.microsoftonline.us", "USGov"],
      ["login.chinacloudapi.cn", "login.partner.microsoftonline.cn", "China"],
    ])("in the cloud of %s", async (authority, issuer, suffix) => {
      host = authority;
      const settings = await register(...option);
      expect(settings).toMatchObject({ ENTRA_AUTHORITY: `https://${issuer}/${TENANT}` });
      expect(federated()).toMatchObject([
        {
          issuer: `https://${issuer}/${TENANT}/v2.0`,
          audiences: [`api://AzureADTokenExchange${suffix}`],
        },
      ]);
    });

    it("whose wrong audience is put right, under whatever name", async () => {
      await register(...option);
      const [stored = {}] = federated();
      const audiences = ["api://AzureADTokenExchangeUSGov"];
      Object.assign(stored, { name: "by hand", audiences });
      await register(...option);
      expect(federated()).toEqual([stored]);
      expect(stored).toMatchObject({ audiences: ["api://AzureADTokenExchange"] });
    });

    it("that was made anew", async () => {
      await register(...option);
      const [stored = {}] = federated();
      stored.subject = "the old one";
      await register(...option);
      expect(stored.subject).toBe(IDENTITY.id);
      expect(said).toContainEqual(
        `  ~ federatedIdentityCredentials: managed-identity, subject ${IDENTITY.id}`,
      );
    });
  });

  it("can be a certificate", async () => {
    const pem = certificateOf(rsaKey());
    const { path, stop } = await newFolder({ "client.pem": pem });
    const file = join(path, "client.pem");
    const settings = await register("--credential", `certificate:${file}`);
    expect(settings).toMatchObject({ ENTRA_CLIENT_CERTIFICATE: `<the text of ${file}>` });
    const { fingerprint, raw } = new X509Certificate(pem);
    const [key, ...more] = directory.applications[0]?.keyCredentials ?? [];
    expect(key).toMatchObject({ key: raw.toString("base64"), usage: "Verify" });
    expect(more).toEqual([]);

    Object.assign(key ?? {}, { customKeyIdentifier: fingerprint.replaceAll(":", "") });
    expect(await changesOf("--credential", `certificate:${file}`)).toEqual([]);
    await stop();
  });

  it("needs a managed identity that exists", async () => {
    await expect(register("--credential", `managed-identity:${IDENTITY.appId}`)).rejects.toThrow(
      `no managed identity with the client id ${IDENTITY.appId}`,
    );
    expect(directory.writes()).toEqual([]);
  });
});

describe("a refusal", () => {
  it("for want of permission names the roles", async () => {
    directory.refusals.push({ match: /^PATCH/, status: 403, code: "Authorization_RequestDenied" });
    await expect(register()).rejects.toThrow(
      /403 Authorization_RequestDenied\. .*Application Developer/,
    );
    expect(directory.applications).toEqual([]);
  });

  it("for want of a valid token says to sign in", async () => {
    const graph = createGraph({ baseUrl: directory.url, token: "expired" });
    await expect(graph.get("/applications(appId='x')")).rejects.toThrow("Run az login");
  });

  it("for a conflict repeats what Graph says", async () => {
    const message = "Another object with the same value for property uniqueName already exists.";
    directory.refusals.push({
      match: /^PATCH/,
      status: 409,
      code: "Request_MultipleObjectsWithSameKeyValue",
      message,
    });
    await expect(register()).rejects.toThrow(
      `409 Request_MultipleObjectsWithSameKeyValue. ${message}`,
    );
  });

  it("that is not from Graph is told apart", async () => {
    directory.refusals.push({ match: /^GET/, status: 502 });
    await expect(register()).rejects.toThrow(": 502. The answer is not from Microsoft Graph.");
  });
});

test.each([
  [["--base-url", "app.example.com"], "--base-url has to be an origin"],
  [["--base-url", "http://app.example.com"], "--base-url has to be an origin"],
  [["--base-url", "https://app.example.com/?query"], "--base-url has to be an origin"],
  [["--client-id", "x')"], "--client-id has to be a GUID"],
  [["--credential", "password"], "--credential has to be"],
  [["--credential", "certificate"], "--credential has to be"],
  [["--credential", "managed-identity:me"], "has to be a GUID"],
  [["--nonsense"], "--nonsense"],
])("%j is refused", (args, message) => {
  expect(() => readOptions(args)).toThrow(message);
});
