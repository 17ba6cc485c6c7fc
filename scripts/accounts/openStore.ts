import { createEnvironment } from "../../src/compose.ts";
import type { Log } from "../../src/shared/base/log.ts";
import { type Env, optional } from "../../src/shared/config/env.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { readStorageSettings } from "../../src/shared/config/storage.ts";
import { createKeyring, type Keyring } from "../../src/shared/crypto/keyring.ts";
import type { TokenSource } from "../../src/shared/oauth/heldTokens.ts";
import type { Store } from "../../src/shared/store/store.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { retrying, SHORT_FAULTS } from "../../src/shared/table/retrying.ts";
import { azureSignIn, TABLE_STORAGE } from "../register-app/azureCli.ts";
import { send } from "../send.ts";

export interface OpenedStore {
  readonly store: Store;
  /** Without them, rows can be counted and deleted, but not unsealed. */
  readonly hasKeys: boolean;
  /** The table endpoint of the storage account. */
  readonly endpoint: string;
}

const NO_KEYS: Keyring = {
  fingerprints: new Map(),
  seal: () => {
    throw new TypeError("There is no key to seal with.");
  },
  unseal: () => undefined,
};

/** Opens the app's table for the functions of the store. @throws {SettingInvalid} @throws Error The Azure CLI is needed. */
export async function openStore(env: Env, log: Log): Promise<OpenedStore> {
  const storage = readStorageSettings(env);
  const hasKeys = optional(env, "TOKEN_CACHE_KEYS") !== undefined;
  const inAzure = optional(env, "IDENTITY_ENDPOINT") !== undefined;
  const asUser = "tableServiceUri" in storage && !inAzure ? await azureCliUser() : undefined;
  const environment = createEnvironment(env, {
    send,
    log,
    ...(asUser && { managedIdentity: () => asUser }),
  });
  const { sleep, now, randomBytes, managedIdentity } = environment;
  const requests = azureTable(storage, send, managedIdentity, "report");
  return {
    endpoint: requests.endpoint,
    hasKeys,
    store: {
      table: retrying(requests, { ...SHORT_FAULTS, sleep }),
      keyring: hasKeys ? createKeyring(readSealingKeys(env), randomBytes) : NO_KEYS,
      now,
      sleep,
      randomBytes,
      log,
    },
  };
}

/** Tokens of the user of the Azure CLI. */
async function azureCliUser(): Promise<TokenSource> {
  let current = await azureSignIn(TABLE_STORAGE);
  return async () => {
    if (current.expiresAt < Date.now() + 60_000) current = await azureSignIn(TABLE_STORAGE);
    return current.token;
  };
}
