import { randomBytes } from "node:crypto";
import { TableClient } from "@azure/data-tables";
import { type Azurite, startAzurite } from "../../local/azurite/azurite.ts";
import type { Context } from "../../src/shared/context.ts";
import { type Generation, generationRow, HEAD, type Sid } from "../../src/shared/rows/keys.ts";
import { readSession } from "../../src/shared/store/accounts.ts";
import { signOutByFrontChannel, signOutByUser } from "../../src/shared/store/signOut.ts";
import { TABLE_NAME } from "../../src/shared/table/azureTable.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { storeUser } from "../world/accounts.ts";
import { composeApp } from "../world/app.ts";
import { type Filled, fill } from "../world/fill.ts";
import { cacheOfUser, msalCache } from "../world/tokens.ts";
import type { World } from "../world/world.ts";

/** One in so many accounts has expired. */
const EXPIRED_EVERY = 100;
/** Users that do not exist yet are numbered from here. */
const NEW_USERS = 1_000_000;
/** Bytes in a bare row, as in an account with one access token. */
const ROW_SIZE = 6_400;

export const STEPS = [
  "read a session",
  "sign out by cookie",
  "front-channel sign-out",
  "store a sign-in",
  "emulator: read a row",
  "emulator: update a row",
  "emulator: delete a row",
] as const;
export type Step = (typeof STEPS)[number];

/** One table with so many accounts in it. */
export interface Stage {
  readonly accounts: number;
  readonly azurite: Azurite;
  readonly app: Context;
  readonly act: (step: Step, round: number) => Promise<void>;
}

/** @param rounds How often every step is measured: each takes an account of its own. */
export async function createStage(
  { env, tenantId, authority }: World,
  accounts: number,
  rounds: number,
  onProgress: () => void,
): Promise<Stage> {
  const azurite = await startLargeAzurite();
  const app = composeApp({ ...env, TOKEN_CACHE_STORAGE: azurite.connectionString });
  const bare = TableClient.fromConnectionString(azurite.connectionString, TABLE_NAME, {
    allowInsecureConnection: true,
  });
  await bare.createTable();
  const model = await msalCache(tenantId, authority, 1);
  const ids: string[] = [];
  // From all over the table.
  const every = Math.max(1, Math.floor((accounts * 0.98) / (3 * rounds)));
  const users = await fill(app, {
    ...{ tenantId, model, accounts },
    expiredEvery: EXPIRED_EVERY,
    remember: (number) => number % every === 0,
    async onPortion(stored) {
      for (; ids.length < (rounds * stored) / accounts; ids.push(await insertBareRows(bare)));
      onProgress();
    },
  });
  return { accounts, azurite, app, act: actor(app, bare, tenantId, model, users, ids) };
}

/**
 * Rows with keys like an account's, between the others: what a write costs the emulator depends on where a row
 * stands among all, and on how many have the same key.
 */
async function insertBareRows(table: TableClient): Promise<string> {
  const id = `a.${randomBytes(32).toString("base64url")}`;
  await table.createEntity({ partitionKey: id, rowKey: HEAD });
  await table.createEntity({
    partitionKey: id,
    rowKey: generationRow(id as Generation),
    d0: new Uint8Array(ROW_SIZE),
  });
  return id;
}

function actor(
  { store, settings }: Context,
  table: TableClient,
  tenantId: string,
  model: TokenCache,
  users: readonly Filled[],
  ids: readonly string[],
): Stage["act"] {
  return async (step, round) => {
    const user = (offset: number) => users[(3 * round + offset) % users.length] as Filled;
    const id = ids[round % ids.length] as string;
    switch (step) {
      case "read a session":
        if (!(await readSession(store, user(0).ref))) throw new Error("It is not there.");
        return;
      case "sign out by cookie":
        return await signOutByUser(store, user(1).ref);
      case "front-channel sign-out":
        return await signOutByFrontChannel(store, user(2).sid as Sid);
      case "store a sign-in": {
        const number = NEW_USERS + round;
        const cache = cacheOfUser(model, number);
        await storeUser(store, tenantId, settings.sessionLifetime, cache, number);
        return;
      }
      case "emulator: read a row":
        await table.getEntity(id, generationRow(id as Generation));
        return;
      case "emulator: update a row":
        await table.updateEntity({ partitionKey: id, rowKey: HEAD, round }, "Replace");
        return;
      case "emulator: delete a row":
        await table.deleteEntity(id, generationRow(id as Generation));
    }
  };
}

/** It keeps everything in memory: a hundred thousand accounts may need more than Node would give it. */
async function startLargeAzurite(): Promise<Azurite> {
  const { NODE_OPTIONS = "" } = process.env;
  process.env.NODE_OPTIONS = `${NODE_OPTIONS} --max-old-space-size=8192`;
  try {
    return await startAzurite();
  } finally {
    process.env.NODE_OPTIONS = NODE_OPTIONS;
  }
}
