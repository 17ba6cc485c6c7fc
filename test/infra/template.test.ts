import { describe, expect, it, test } from "@jest/globals";
import { TABLE_NAME } from "../../src/shared/table/azureTable.ts";
import { ANSWERS } from "./azure.ts";
import { deploy, everything } from "./deployment.ts";
import type { Values } from "./evaluate.ts";
import { readJson } from "./project.ts";

/*
 * What no compiler knows. Names, types and versions are the compiler's: .github/workflows/ci.yml.
 */

const parts = deploy();
const { main, api } = parts;
const site = api.arguments("site");

const deployed = everything(parts);

describe("the plan and the app on it", () => {
  it("are Flex Consumption", () => {
    expect(main.arguments("plan")).toMatchObject({ skuName: "FC1", reserved: true });
    expect(main.arguments("api")).toMatchObject({ planId: ANSWERS.plan.resourceId });
    expect(site.functionAppConfig).toEqual({
      deployment: {
        storage: {
          type: "blobContainer",
          value: "https://stabc.blob.core.windows.net/app-package",
          authentication: {
            type: "UserAssignedIdentity",
            userAssignedIdentityResourceId: ANSWERS.identity.resourceId,
          },
        },
      },
      runtime: { name: "node", version: "24" },
      scaleAndConcurrency: { instanceMemoryMB: 2048, maximumInstanceCount: 100, alwaysReady: [] },
    });
  });

  it("keep instances ready when asked to", () => {
    const { functionAppConfig } = deploy({ alwaysReadyInstances: 2 }).api.arguments("site");
    const alwaysReady = [{ name: "http", instanceCount: 2 }];
    expect(functionAppConfig).toMatchObject({ scaleAndConcurrency: { alwaysReady } });
  });

  it("take nothing but HTTPS, and no password", () => {
    expect(site).toMatchObject({
      httpsOnly: true,
      clientAffinityEnabled: false,
      siteConfig: { alwaysOn: false, ftpsState: "Disabled", minTlsVersion: "1.2" },
      basicPublishingCredentialsPolicies: [
        { name: "ftp", allow: false },
        { name: "scm", allow: false },
      ],
    });
  });

  it("are what azd deploys to, with one identity for everything", () => {
    expect(site).toMatchObject({
      kind: "functionapp,linux",
      serverFarmResourceId: ANSWERS.plan.resourceId,
      tags: { "azd-env-name": "test", "azd-service-name": "api" },
      managedIdentities: { userAssignedResourceIds: [ANSWERS.identity.resourceId] },
      keyVaultAccessIdentityResourceId: ANSWERS.identity.resourceId,
    });
  });

  it("keep no setting from earlier", () => {
    expect(site.configs).toMatchObject([{ name: "appsettings", retainCurrentAppSettings: false }]);
  });
});

test("storage is open to identities only, and has what the code and the package need", () => {
  expect(main.arguments("storage")).toMatchObject({
    allowSharedKeyAccess: false,
    allowBlobPublicAccess: false,
    minimumTlsVersion: "TLS1_2",
    blobServices: { containers: [{ name: "app-package" }] },
    tableServices: { tables: [{ name: TABLE_NAME }] },
  });
});

test("the identity of the app may do this, and nobody may do anything else", () => {
  expect(deployed.flatMap(({ at, made }) => rolesIn(made, at)).sort()).toEqual([
    "main/storage.params.tableServices.tables.0: Storage Table Data Contributor",
    "main/storage.params: Storage Blob Data Owner",
    "monitoring/applicationInsights.params: Monitoring Metrics Publisher",
    "sealingKeys/vault.params: Key Vault Secrets User",
  ]);
  expect(deployed.filter(({ source }) => source.includes("roleAssignments"))).toEqual([]);
});

test("nobody gets a mail, and no action group is there, unless there is an address", () => {
  const missing = deployed.filter(({ made }) => made === undefined);
  expect(missing.map(({ at }) => at)).toEqual(["monitoring/actionGroup"]);
});

test("modules of others report to nobody that they are used", () => {
  const foreign = deployed.filter(({ source }) => source.startsWith("br/"));
  expect(foreign.length).toBeGreaterThan(0);
  for (const { made } of foreign)
    expect(made).toMatchObject({ params: { enableTelemetry: false } });
});

test("main.parameters.json gives what has no default, and nothing that is secure", () => {
  const { parameters } = readJson<{ parameters: Values }>("infra/main.parameters.json");
  const declared = [...main.file.symbols].filter(([, { kind }]) => kind === "parameter");
  const required = declared.filter(([, { value }]) => !value).map(([name]) => name);
  const open = declared.filter(([, { decorators }]) => !decorators.includes("secure"));
  expect(Object.keys(parameters)).toEqual(expect.arrayContaining(required));
  expect(open.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(parameters)));
});

/** The roles that the app's identity is given below this, by where. Whoever else is given one stands beside it. */
function rolesIn(value: unknown, at: string): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, below]) => {
    if (key !== "roleAssignments") return rolesIn(below, `${at}.${key}`);
    return (below as Values[]).map(({ roleDefinitionIdOrName: role, ...others }) => {
      const { principalId } = ANSWERS.identity;
      expect(others).toEqual({ principalId, principalType: "ServicePrincipal" });
      return `${at}: ${role}`;
    });
  });
}
