import { globSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { cloudOf } from "../../src/shared/config/cloud.ts";
import type { Env } from "../../src/shared/config/env.ts";
import { readSettings } from "../../src/shared/config/settings.ts";
import { ANSWERS, TENANT } from "./azure.ts";
import { deployedSettings } from "./deployment.ts";
import { readJson, readText, root } from "./project.ts";

/** What the Functions host reads. */
const HOST = [
  "APPLICATIONINSIGHTS_AUTHENTICATION_STRING",
  "APPLICATIONINSIGHTS_CONNECTION_STRING",
  "AzureWebJobsDisableHomepage",
  "AzureWebJobsStorage__blobServiceUri",
  "AzureWebJobsStorage__clientId",
  "AzureWebJobsStorage__credential",
  "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT",
];

/** Set by the platform, and by the local set-up for itself. */
const NOT_FOR_PEOPLE = ["WEBSITE_HOSTNAME"];

/** The other form of a storage setting, of which one is enough. */
const OTHER_FORM = ["AzureWebJobsStorage__tableServiceUri", "AzureWebJobsStorage__clientId"];

const deployed = deployedSettings();
const read = settingsRead();

describe("the app settings of a deployment", () => {
  it("are what the code takes", () => {
    expect(readSettings(deployed)).toMatchObject({
      baseUrl: "https://func-lightsout-abcdefghijklm.azurewebsites.net",
      clientId: ANSWERS.registration.appId,
      tenant: TENANT,
      credential: { kind: "managedIdentity", clientId: ANSWERS.identity.clientId },
      storage: {
        tableServiceUri: ANSWERS.storage.serviceEndpoints.table,
        identity: {
          clientId: ANSWERS.identity.clientId,
          setting: "TOKEN_CACHE_STORAGE__clientId",
        },
      },
      sessionLifetime: 12 * 3_600_000,
      idleLimit: 0,
      revalidatePeriod: 15 * 60_000,
      sessionBinding: "off",
    });
  });

  it("let no larger body in than Microsoft Graph takes", () => {
    expect(deployed.FUNCTIONS_REQUEST_BODY_SIZE_LIMIT).toBe(String(4 * 1024 * 1024));
  });

  it("follow the parameters", () => {
    const settings = deployedSettings({
      customDomain: "app.example.com",
      sessionHours: 8,
      appName: "Contoso",
      sessionIdleMinutes: 30,
      revalidateMinutes: 5,
      sessionBinding: "required",
    });
    expect(readSettings(settings)).toMatchObject({
      baseUrl: "https://app.example.com",
      appName: "Contoso",
      sessionLifetime: 8 * 3_600_000,
      idleLimit: 30 * 60_000,
      revalidatePeriod: 5 * 60_000,
      sessionBinding: "required",
    });
  });

  it.each([
    ["AzureUSGovernment", "login.microsoftonline.us", "azurewebsites.us", "graph.microsoft.us"],
    [
      ...["AzureChinaCloud", "login.partner.microsoftonline.cn"],
      ...["chinacloudsites.cn", "microsoftgraph.chinacloudapi.cn"],
    ],
  ])("follow the cloud %s", (cloud, host = "", sites = "", graph = "") => {
    expect(readSettings(deployedSettings({}, cloud))).toMatchObject({
      baseUrl: `https://func-lightsout-abcdefghijklm.${sites}`,
      authority: `https://${host}/${TENANT}`,
      credential: { audience: cloudOf(`https://${host}`).tokenExchangeAudience },
      graphBaseUrl: `https://${graph}/v1.0`,
    });
  });

  it("have no name that nobody reads", () => {
    expect(Object.keys(deployed).filter((name) => !read.has(name) && !HOST.includes(name))).toEqual(
      [],
    );
  });

  it("have every name that the host needs", () => {
    expect(Object.keys(deployed)).toEqual(expect.arrayContaining(HOST));
  });

  it("hold no secret in the clear", () => {
    const { TOKEN_CACHE_KEYS: keys = "" } = deployed;
    expect(keys).toMatch(/^2026-11-30:/);
    expect(readText("infra/main.bicep")).toContain(
      "TOKEN_CACHE_KEYS: '@Microsoft.KeyVault(SecretUri=",
    );
    expect(Object.keys(deployed)).not.toContain("ENTRA_CLIENT_SECRET");
  });
});

test.each([...read].filter((name) => !(name in deployed) && !NOT_FOR_PEOPLE.includes(name)))(
  "docs/deploy.md says what happens without %s",
  (name) => {
    expect(readText("docs/deploy.md")).toContain(`\`${name}\``);
  },
);

describe("local.settings.sample.json", () => {
  const { IsEncrypted, Values } = readJson<{
    IsEncrypted: boolean;
    Values: Record<string, string>;
  }>("local.settings.sample.json");
  const forTheHost = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsDisableHomepage"];

  it("has every setting that the code reads", () => {
    const wanted = [...read].filter((name) => ![...NOT_FOR_PEOPLE, ...OTHER_FORM].includes(name));
    expect(Object.keys(Values).sort()).toEqual([...wanted, ...forTheHost].sort());
  });

  it("is for Functions on Node with the storage emulator", () => {
    expect(IsEncrypted).toBe(false);
    expect(Values).toMatchObject({
      FUNCTIONS_WORKER_RUNTIME: "node",
      AzureWebJobsDisableHomepage: "true",
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
    });
  });

  it("works once the registration's values are in it", () => {
    const filled = { ENTRA_CLIENT_ID: ANSWERS.registration.appId, ENTRA_TENANT_ID: TENANT };
    const missing = { ENTRA_CLIENT_SECRET: "secret", TOKEN_CACHE_KEYS: deployed.TOKEN_CACHE_KEYS };
    expect(readSettings({ ...Values, ...filled, ...missing })).toMatchObject({
      baseUrl: "http://localhost:7071",
      storage: { connectionString: "UseDevelopmentStorage=true" },
    });
  });
});

test("nothing but lightsout, and the app itself, reads the environment", () => {
  const readers = globSync("src/**/*.ts", { cwd: root }).filter((path) =>
    readText(path).includes("process.env"),
  );
  const own = ["lightsout.ts", "main.ts", "testing.ts"];
  expect(readers).toEqual(own.map((name) => join("src", name)));
});

/** The names that `readSettings` asks for, whichever of the storage settings is there. */
function settingsRead(): Set<string> {
  const names = new Set<string>();
  const recorded = (env: Env) =>
    new Proxy(env, {
      get(target, name) {
        names.add(String(name));
        return target[String(name)];
      },
    });
  const { TOKEN_CACHE_STORAGE__tableServiceUri: table, ...others } = deployed;
  readSettings(recorded(deployed));
  readSettings(recorded({ ...others, AzureWebJobsStorage__tableServiceUri: table }));
  return names;
}
