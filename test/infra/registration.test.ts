import { globSync } from "node:fs";
import { describe, expect, it, test } from "@jest/globals";
import {
  applicationFor,
  federatedCredentialFor,
  GRAPH_PERMISSIONS,
} from "../../scripts/register-app/application.ts";
import { PERMISSIONS } from "../../src/shared/apis/permissions.ts";
import { cloudOf } from "../../src/shared/config/cloud.ts";
import { SIGN_IN_SCOPES } from "../../src/shared/identity/authorize.ts";
import { ANSWERS, deploy } from "./deployment.ts";
import { TENANT, type Values } from "./evaluate.ts";
import { readJson, readText, root } from "./project.ts";

const BASE_URL = "https://func-lightsout-abcdefghijklm.azurewebsites.net";

const { registration } = deploy();

describe("the app registration", () => {
  const { uniqueName, ...application } = registration.resource("registration");

  it("is the one that register-app makes", () => {
    expect(sorted(application)).toEqual(sorted(applicationFor("Lightsout (test)", BASE_URL)));
  });

  it("is found again by its name", () => {
    expect(uniqueName).toBe("lightsout-test-abcdefghijklm");
  });

  it("has a service principal, and the client id for the app", () => {
    expect(registration.resource("servicePrincipal")).toEqual({
      appId: ANSWERS.registration.clientId,
    });
    expect(registration.output("clientId")).toBe(ANSWERS.registration.clientId);
  });

  it.each([
    ["AzureCloud", "https://login.microsoftonline.com"],
    ["AzureUSGovernment", "https://login.microsoftonline.us"],
    ["AzureChinaCloud", "https://login.partner.microsoftonline.cn"],
  ])("trusts the managed identity in %s", (cloud, authority) => {
    const { principalId } = ANSWERS.identity;
    const { name, ...expected } = federatedCredentialFor(cloudOf(authority), TENANT, principalId);
    const { registration } = deploy({}, cloud);
    expect(registration.resource("managedIdentityCredential")).toEqual({
      ...expected,
      name: `unique/${name}`,
    });
  });

  it("follows a domain of one's own", () => {
    const own = deploy({ customDomain: "app.example.com" }).registration.resource("registration");
    expect(own.web).toEqual(applicationFor("", "https://app.example.com").web);
  });
});

test("the extension of the template is pinned", () => {
  expect(readJson("infra/bicepconfig.json")).toEqual({
    extensions: {
      microsoftGraphV1: expect.stringMatching(
        /^br:mcr\.microsoft\.com\/bicep\/extensions\/microsoftgraph\/v1\.0:\d+\.\d+\.\d+$/,
      ),
    },
  });
});

describe("infra/graph-permissions.json", () => {
  const names = Object.keys(GRAPH_PERMISSIONS);

  it("has the permissions that the code asks for", () => {
    const scopes = [...SIGN_IN_SCOPES, ...PERMISSIONS.flatMap(({ scopes }) => scopes)];
    expect(scopes.filter((scope) => !names.includes(scope))).toEqual([]);
  });

  it("has none that the code never asks for", () => {
    const source = globSync("src/**/*.ts", { cwd: root }).map(readText).join("");
    expect(names.filter((name) => !source.includes(`"${name}"`))).toEqual([]);
  });
});

/** Permissions have no order. */
function sorted(application: object) {
  const { requiredResourceAccess } = application as { requiredResourceAccess: Values[] };
  return {
    ...application,
    requiredResourceAccess: requiredResourceAccess.map(({ resourceAppId, resourceAccess }) => ({
      resourceAppId,
      resourceAccess: new Set(resourceAccess as Values[]),
    })),
  };
}
