import { SettingInvalid } from "../base/errors.ts";
import { type Env, httpsUrl, optional } from "./env.ts";

/** Which managed identity, and the app setting that names it. */
export interface IdentityName {
  /** A user-assigned identity; the system-assigned one when undefined. */
  readonly clientId: string | undefined;
  readonly setting: string;
}

/** Where the table is: Table Storage or Cosmos DB for Table. */
export type StorageSettings =
  | { readonly connectionString: string }
  | {
      readonly tableServiceUri: string;
      readonly identity: IdentityName;
    };

const PREFIXES = ["TOKEN_CACHE_STORAGE", "AzureWebJobsStorage"];

/** @throws {SettingInvalid} */
export function readStorageSettings(env: Env): StorageSettings {
  for (const prefix of PREFIXES) {
    const connectionString = optional(env, prefix);
    if (connectionString !== undefined)
      return { connectionString: checked(prefix, connectionString) };
    const uri = optional(env, `${prefix}__tableServiceUri`);
    if (uri !== undefined) {
      const setting = `${prefix}__clientId`;
      return {
        tableServiceUri: httpsUrl(`${prefix}__tableServiceUri`, uri).href,
        identity: { clientId: optional(env, setting), setting },
      };
    }
  }
  throw new SettingInvalid(
    "TOKEN_CACHE_STORAGE is not set. Give a storage connection string, or set TOKEN_CACHE_STORAGE__tableServiceUri to the table endpoint and let the app's managed identity in.",
  );
}

function checked(name: string, connectionString: string): string {
  const development = /usedevelopmentstorage=true/i.test(connectionString);
  // Without a protocol, the SDK takes an account's connection string for a shared access signature.
  const account = ["DefaultEndpointsProtocol=", "AccountName=", "AccountKey="].every((part) =>
    connectionString.toLowerCase().includes(part.toLowerCase()),
  );
  const sas =
    /TableEndpoint=/i.test(connectionString) && /SharedAccessSignature=/i.test(connectionString);
  if (development || account || sas) return connectionString;
  throw new SettingInvalid(
    `${name} is not a storage connection string. It has DefaultEndpointsProtocol, AccountName and AccountKey, or TableEndpoint and SharedAccessSignature, or is UseDevelopmentStorage=true.`,
  );
}
