import { describe, expect, it } from "@jest/globals";
import { nextStep } from "../../scripts/keys/rotation.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { ANSWERS } from "./azure.ts";
import { deploy, deployedSettings, everything } from "./deployment.ts";
import type { Values } from "./evaluate.ts";

const parts = deploy();
const { main, sealingKeys } = parts;

describe("the vault of the sealing keys", () => {
  const secret = sealingKeys.resource<Values & { properties: { value: string } }>("secret");

  it("knows roles only, and cannot be purged", () => {
    expect(sealingKeys.arguments("vault")).toMatchObject({
      name: "kv-abcdefghijklm",
      enableRbacAuthorization: true,
      enablePurgeProtection: true,
    });
  });

  it("is there before the first key, which is named by a string", () => {
    expect(secret.name).toBe("kv-abcdefghijklm/token-cache-keys");
    expect(secret.dependsOn).toEqual([{ outputs: ANSWERS.vault }]);
  });

  it("gets a first key, made of day and seed", () => {
    const TOKEN_CACHE_KEYS = secret.properties.value;
    expect(TOKEN_CACHE_KEYS).toBe("2026-11-30:0f8fad5bd9cb469fa16570867728950e7c9e6679742=");
    // Taken as it is, by the app and by a rotation.
    const { value } = nextStep({ TOKEN_CACHE_KEYS }, 12, Date.now());
    expect(readSealingKeys({ TOKEN_CACHE_KEYS: value })).toHaveLength(2);
  });

  it("gets it once: a later deployment keeps what is there", () => {
    expect(sealingKeys.file.symbols.get("secret")?.decorators).toEqual(["onlyIfNotExists"]);
    const { decorators, value } = main.file.symbols.get("keySeed") ?? {};
    expect(decorators).toContain("secure");
    expect(value?.text).toMatch(/^'(\$\{newGuid\(\)\}){2}'$/);
  });

  it("shows seed and key to nobody else", () => {
    expect(sealingKeys.file.symbols.get("seed")?.decorators).toContain("secure");
    const shown = [
      ...Object.entries(parts).map(([name, part]) => [`output of ${name}`, part.outputs()]),
      ...everything(parts).map(({ at, made }) => [at, made]),
    ];
    const knows = shown.filter(([, value]) => JSON.stringify(value ?? "").includes("0f8fad5b"));
    expect(knows.map(([at]) => at)).toEqual(["main/sealingKeys", "sealingKeys/secret"]);
    expect(deployedSettings().TOKEN_CACHE_KEYS).toBe(secret.properties.value);
  });
});
