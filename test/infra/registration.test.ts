import { describe, expect, it } from "@jest/globals";
import {
  applicationFor,
  federatedCredentialFor,
  GRAPH_PERMISSIONS,
} from "../../scripts/register-app/application.ts";
import { permissions } from "../../src/permissions.ts";
import { cloudOf } from "../../src/shared/config/cloud.ts";
import { OPENID_SCOPES } from "../../src/shared/identity/authorize.ts";
import { ANSWERS, TENANT } from "./azure.ts";
import { deploy } from "./deployment.ts";
import type { Values } from "./evaluate.ts";

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
    expect(registration.resource("servicePrincipal")).toEqual(ANSWERS.registration);
    expect(registration.outputs()).toEqual({ clientId: ANSWERS.registration.appId });
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
      name: `lightsout-test-abcdefghijklm/${name}`,
    });
  });

  it("follows a domain of one's own", () => {
    const own = deploy({ customDomain: "app.example.com" }).registration.resource("registration");
    expect(own.web).toEqual(applicationFor("", "https://app.example.com").web);
  });
});

it("infra/graph-permissions.json has the permissions that this app asks for, and no others", () => {
  const scopes = [...OPENID_SCOPES, ...permissions.flatMap(({ scopes }) => scopes)];
  expect(new Set(Object.keys(GRAPH_PERMISSIONS))).toEqual(new Set(scopes));
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
