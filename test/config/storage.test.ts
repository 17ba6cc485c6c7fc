import { describe, expect, it } from "@jest/globals";
import { SettingInvalid } from "../../src/shared/base/errors.ts";
import type { Env } from "../../src/shared/config/env.ts";
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

  const OWN = "TOKEN_CACHE_STORAGE__clientId";
  const HOSTS = "AzureWebJobsStorage__clientId";
  const table = (clientId: string | undefined, setting: string) => ({
    tableServiceUri: URI,
    identity: { clientId, setting },
  });
  const ENDPOINT = { TOKEN_CACHE_STORAGE__tableServiceUri: URI };

  it.each<[string, Env, object]>([
    ["a table endpoint, for the system-assigned identity", ENDPOINT, table(undefined, OWN)],
    ["a user-assigned identity", { ...ENDPOINT, [OWN]: "identity" }, table("identity", OWN)],
    ["the host's own", { AzureWebJobsStorage: ACCOUNT }, { connectionString: ACCOUNT }],
    [
      "the host's own endpoint and identity",
      { AzureWebJobsStorage__tableServiceUri: URI, [HOSTS]: "identity" },
      table("identity", HOSTS),
    ],
    [
      "the app's rather than the host's, and no mixture",
      { ...ENDPOINT, AzureWebJobsStorage: ACCOUNT, [HOSTS]: "identity" },
      table(undefined, OWN),
    ],
  ])("takes %s", (_, env, expected) => {
    expect(readStorageSettings(env)).toEqual(expected);
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
