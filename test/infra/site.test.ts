import type { FunctionAppConfig, Site, SiteConfig } from "@azure/arm-appservice";
import { expect, it, test } from "@jest/globals";
import { readHostJson } from "../../local/host/settings.ts";
import { REQUESTS_OVER } from "../../src/shared/store/expiry.ts";
import { ANSWERS, deploy } from "./deployment.ts";
import { readText, root } from "./project.ts";

/*
 * The expected values are checked by the compiler against the types of Azure's own SDK: a property that the
 * resource does not have cannot be expected here, and so cannot be in the template.
 */

const site = deploy().api.arguments("site");

it("runs on Flex Consumption, from a package that only its identity opens", () => {
  const expected = {
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
  } satisfies FunctionAppConfig;
  expect(site.functionAppConfig).toEqual(expected);
});

it("keeps instances ready when asked to", () => {
  const { functionAppConfig } = deploy({ alwaysReadyInstances: 2 }).api.arguments("site");
  const alwaysReady = [{ name: "http", instanceCount: 2 }];
  expect(functionAppConfig).toMatchObject({ scaleAndConcurrency: { alwaysReady } });
});

it("takes nothing but TLS 1.2 and newer, and no FTP", () => {
  const expected = {
    alwaysOn: false,
    ftpsState: "Disabled",
    minTlsVersion: "1.2",
  } satisfies SiteConfig;
  expect(site.siteConfig).toEqual(expected);
  expect(site.basicPublishingCredentialsPolicies).toEqual([
    { name: "ftp", allow: false },
    { name: "scm", allow: false },
  ]);
});

it("is the app that azd deploys to, with one identity for everything", () => {
  const expected = {
    kind: "functionapp,linux",
    location: "swedencentral",
    httpsOnly: true,
    clientAffinityEnabled: false,
    tags: { "azd-env-name": "test", "azd-service-name": "api" },
  } satisfies Site;
  expect(site).toMatchObject({
    ...expected,
    managedIdentities: { userAssignedResourceIds: [ANSWERS.identity.resourceId] },
    keyVaultAccessIdentityResourceId: ANSWERS.identity.resourceId,
  });
});

test("no request outlives the time after which none counts as under way", () => {
  const { functionTimeout = Number.POSITIVE_INFINITY } = readHostJson(root);
  expect(REQUESTS_OVER / functionTimeout).toBeGreaterThanOrEqual(30);
});

test("no query string, and so no sid, gets into telemetry", () => {
  expect(readText("host.json")).not.toContain("enableQueryStringTracing");
});

test("settings left from earlier go", () => {
  expect(site.configs).toEqual([
    expect.objectContaining({ name: "appsettings", retainCurrentAppSettings: false }),
  ]);
});
