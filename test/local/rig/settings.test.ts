import { describe, expect, it } from "@jest/globals";
import { hasTenant, needsAzurite, portOf } from "../../../local/settings.ts";

describe("a tenant is set up", () => {
  it.each([
    [{}, false],
    [{ ENTRA_CLIENT_ID: "" }, false],
    [{ ENTRA_CLIENT_ID: "  " }, false],
    [{ ENTRA_CLIENT_ID: "0b5f3a2e-5d8c-4f0e-9f53-2d1f5a4f9a10" }, true],
  ])("%j: %s", (settings, expected) => {
    expect(hasTenant(settings)).toBe(expected);
  });
});

describe("the table is left to the emulator", () => {
  it.each([
    [{}, true],
    [{ TOKEN_CACHE_STORAGE: "UseDevelopmentStorage=true" }, true],
    [{ AzureWebJobsStorage: "UseDevelopmentStorage=true;" }, true],
    [{ TOKEN_CACHE_STORAGE: "", AzureWebJobsStorage: "UseDevelopmentStorage=true" }, true],
    [{ TOKEN_CACHE_STORAGE: "DefaultEndpointsProtocol=https;AccountName=a" }, false],
    [{ AzureWebJobsStorage: "DefaultEndpointsProtocol=https;AccountName=a" }, false],
    [{ TOKEN_CACHE_STORAGE__tableServiceUri: "https://a.table.core.windows.net" }, false],
    [
      {
        TOKEN_CACHE_STORAGE__tableServiceUri: "https://a.table.core.windows.net",
        AzureWebJobsStorage: "UseDevelopmentStorage=true",
      },
      false,
    ],
  ])("%j: %s", (settings, expected) => {
    expect(needsAzurite(settings)).toBe(expected);
  });
});

describe("the port", () => {
  it.each([
    [undefined, 7071],
    ["", 7071],
    ["nonsense", 7071],
    ["http://localhost:3000", 3000],
    ["http://localhost", 7071],
    ["https://abc.devtunnels.ms", 7071],
    ["https://abc.devtunnels.ms:8443", 7071],
  ])("for APP_BASE_URL %s is %i", (APP_BASE_URL, expected) => {
    expect(portOf({ APP_BASE_URL })).toBe(expected);
  });
});
