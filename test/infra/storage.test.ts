import { describe, expect, it } from "@jest/globals";
import type { Node } from "web-tree-sitter";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { TABLE_NAME } from "../../src/shared/table/azureTable.ts";
import { ANSWERS, deploy } from "./deployment.ts";
import { file } from "./files.ts";
import { calledFunctions } from "./references.ts";

const { main, sealingKeys } = deploy();

function roleOfTheIdentity(roleDefinitionIdOrName: string) {
  const { principalId } = ANSWERS.identity;
  return [{ roleDefinitionIdOrName, principalId, principalType: "ServicePrincipal" }];
}

describe("storage", () => {
  const storage = main.arguments("storage");

  it("is open to identities only", () => {
    expect(storage).toMatchObject({
      allowSharedKeyAccess: false,
      allowBlobPublicAccess: false,
      minimumTlsVersion: "TLS1_2",
    });
  });

  it("has the table of the code, which is all that the app can write to in tables", () => {
    const roleAssignments = roleOfTheIdentity("Storage Table Data Contributor");
    expect(storage.tableServices).toEqual({ tables: [{ name: TABLE_NAME, roleAssignments }] });
    expect(storage.roleAssignments).toEqual(roleOfTheIdentity("Storage Blob Data Owner"));
  });

  it("has the container of the package", () => {
    expect(storage.blobServices).toEqual({ containers: [{ name: "app-package" }] });
    expect(main.arguments("api").packageContainer).toBe("app-package");
  });
});

describe("the vault of the sealing keys", () => {
  it("cannot be purged, and is read by the app alone", () => {
    expect(sealingKeys.arguments("vault")).toMatchObject({
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
      roleAssignments: roleOfTheIdentity("Key Vault Secrets User"),
    });
  });

  it("gets a first key, made of the seed", () => {
    const { name, properties } = sealingKeys.resource<{
      name: string;
      properties: { value: string };
    }>("secret");
    expect(name).toBe("kv-abcdefghijklm/token-cache-keys");
    const [key, ...more] = readSealingKeys({ TOKEN_CACHE_KEYS: properties.value });
    expect(key?.id).toBe("k1");
    expect(more).toEqual([]);
    expect(properties.value).toBe("k1:0f8fad5bd9cb469fa16570867728950e7c9e6679742=");
  });

  it("gets it once: a later deployment keeps what is there", () => {
    const { resources, parameters } = file("app/sealingKeys.bicep");
    expect(resources.get("secret")?.decorators).toEqual(["onlyIfNotExists"]);
    expect(parameters.get("seed")?.decorators).toContain("secure");
    const seed = file("main.bicep").parameters.get("keySeed");
    expect(seed?.decorators).toContain("secure");
    expect(calledFunctions(seed?.defaultValue as Node)).toEqual(["newGuid", "newGuid"]);
  });

  it("says where the keys are, in whatever version", () => {
    expect(sealingKeys.output("secretUri")).toBe(ANSWERS.sealingKeys.secretUri);
  });
});
