import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Azurite } from "../../local/azurite/azurite.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import type { Send } from "../../src/shared/net/send.ts";
import type { Store } from "../../src/shared/store/store.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { retrying, SHORT_FAULTS } from "../../src/shared/table/retrying.ts";
import { keepAliveSender } from "./send.ts";
import { KEYS } from "./settings.ts";

/** For a table that is opened by a connection string. */
export const noIdentity = () => () =>
  Promise.reject(new Error("There is no managed identity here."));

/** The store as the app has it, in this process. */
export function azuriteStore(
  { connectionString }: Pick<Azurite, "connectionString">,
  {
    keys = KEYS,
    now = Date.now,
    send = keepAliveSender(),
  }: { keys?: string; now?: () => number; send?: Send } = {},
): Store {
  const requests = azureTable({ connectionString }, send, noIdentity);
  return {
    table: retrying(requests, { ...SHORT_FAULTS, sleep: (milliseconds) => sleep(milliseconds) }),
    keyring: createKeyring(readSealingKeys({ TOKEN_CACHE_KEYS: keys }), randomBytes),
    now,
    sleep: (milliseconds) => sleep(milliseconds),
    randomBytes,
    log: () => {},
  };
}
