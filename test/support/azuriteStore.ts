import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Azurite } from "../../local/azurite/azurite.ts";
import { readSealingKeys } from "../../src/shared/config/sealingKeys.ts";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import { keepAliveSender, type Send } from "../../src/shared/net/send.ts";
import type { HomeAccountId, Sid } from "../../src/shared/rows/keys.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { storeSignIn } from "../../src/shared/store/signIn.ts";
import type { Store } from "../../src/shared/store/store.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { retrying, SHORT_FAULTS } from "../../src/shared/table/retrying.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { KEYS, TENANT_ID } from "./settings.ts";

const NO_IDENTITY = () => () => Promise.reject(new Error("There is no managed identity here."));

/** The store as the app has it, in this process. */
export function azuriteStore(
  { connectionString }: Pick<Azurite, "connectionString">,
  {
    keys = KEYS,
    now = Date.now,
    send = keepAliveSender(),
  }: { keys?: string; now?: () => number; send?: Send } = {},
): Store {
  const requests = azureTable({ connectionString }, send, NO_IDENTITY);
  return {
    table: retrying(requests, { ...SHORT_FAULTS, sleep: (milliseconds) => sleep(milliseconds) }),
    keyring: createKeyring(readSealingKeys({ TOKEN_CACHE_KEYS: keys }), randomBytes),
    now,
    sleep: (milliseconds) => sleep(milliseconds),
    randomBytes,
    log: () => {},
  };
}

const NO_TOKENS: TokenCache = {
  Account: {},
  IdToken: {},
  AccessToken: {},
  RefreshToken: {},
  AppMetadata: {},
};

/** A new user's sign-in, at the store's time. @param lifetime Milliseconds. */
export function signInSomebody(store: Store, lifetime: number): Promise<HeldSession> {
  const session = {
    tenantId: TENANT_ID,
    homeAccountId: `${crypto.randomUUID()}.${TENANT_ID}` as HomeAccountId,
    identity: { iss: "", sub: "", oid: "" },
    name: "",
    username: "",
    device: "",
    roles: [],
    claims: {},
    acrs: [],
    issuedAt: store.now(),
    confirmedAt: store.now(),
    signedInAt: store.now(),
    expiresAt: store.now() + lifetime,
  };
  return storeSignIn(store, { session, cache: NO_TOKENS, sids: [crypto.randomUUID() as Sid] });
}
