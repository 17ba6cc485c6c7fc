import { describe, expect, it } from "@jest/globals";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import { readStorageSettings } from "../../src/shared/config/storage.ts";

const ACCOUNT = "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=a2V5;EndpointSuffix=x";
const SAS = "TableEndpoint=https://a.table.core.windows.net;SharedAccessSignature=sv=1&sig=x";
const URI = "https://a.table.core.windows.net/";

describe("where the table is", () => {
  it.each([ACCOUNT, SAS, "UseDevelopmentStorage=true", "usedevelopmentstorage=TRUE;"])(
    "takes the connection string %s",
    (connectionString) => {
      expect(readStorageSettings({ TOKEN_CACHE_STORAGE: connectionString })).toEqual({
        connectionString,
      });
    },
  );

  it("takes a table endpoint, for the system-assigned identity", () => {
    expect(readStorageSettings({ TOKEN_CACHE_STORAGE__tableServiceUri: URI })).toEqual({
      tableServiceUri: URI,
      identity: { clientId: undefined, setting: "TOKEN_CACHE_STORAGE__clientId" },
    });
  });

  it("takes a table endpoint and a user-assigned identity", () => {
    const env = {
      TOKEN_CACHE_STORAGE__tableServiceUri: URI,
      TOKEN_CACHE_STORAGE__clientId: "identity",
    };
    expect(readStorageSettings(env)).toEqual({
      tableServiceUri: URI,
      identity: { clientId: "identity", setting: "TOKEN_CACHE_STORAGE__clientId" },
    });
  });

  it.each([
    [{ AzureWebJobsStorage: ACCOUNT }, { connectionString: ACCOUNT }],
    [
      { AzureWebJobsStorage__tableServiceUri: URI, AzureWebJobsStorage__clientId: "identity" },
      {
        tableServiceUri: URI,
        identity: { clientId: "identity", setting: "AzureWebJobsStorage__clientId" },
      },
    ],
  ])("falls back to the host's own storage: %j", (env, expected) => {
    expect(readStorageSettings(env)).toEqual(expected);
  });

  it("prefers its own setting, and does not mix the two", () => {
    const env = {
      TOKEN_CACHE_STORAGE__tableServiceUri: URI,
      AzureWebJobsStorage: ACCOUNT,
      AzureWebJobsStorage__clientId: "identity",
    };
    expect(readStorageSettings(env)).toEqual({
      tableServiceUri: URI,
      identity: { clientId: undefined, setting: "TOKEN_CACHE_STORAGE__clientId" },
    });
  });

  it.each([{}, { TOKEN_CACHE_STORAGE: " " }, { AzureWebJobsStorage__clientId: "identity" }])(
    "says how to set it when it is missing: %j",
    (env) => {
      expect(() => readStorageSettings(env)).toThrow(SettingInvalid);
      expect(() => readStorageSettings(env)).toThrow(
        /^TOKEN_CACHE_STORAGE is not set\. Give a storage connection string, or set /,
      );
    },
  );

  it.each(["TOKEN_CACHE_STORAGE", "AzureWebJobsStorage"])(
    "names %s when it is malformed",
    (name) => {
      for (const value of [
        URI,
        "AccountName=a;AccountKey=Hidden",
        "AccountName=a;Hidden",
        "AccountKey=Hidden",
        "SharedAccessSignature=Hidden",
      ]) {
        const read = () => readStorageSettings({ [name]: value });
        expect(read).toThrow(SettingInvalid);
        expect(read).toThrow(new RegExp(`^${name} is not a storage connection string\\.`));
        expect(read).not.toThrow(/Hidden/);
      }
    },
  );

  it.each(["http://a.table.core.windows.net", "a.table.core.windows.net"])(
    "refuses the table endpoint %s",
    (value) => {
      expect(() => readStorageSettings({ TOKEN_CACHE_STORAGE__tableServiceUri: value })).toThrow(
        /^TOKEN_CACHE_STORAGE__tableServiceUri /,
      );
    },
  );
});
