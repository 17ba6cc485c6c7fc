import { randomBytes } from "node:crypto";
import { odata, TableClient } from "@azure/data-tables";
import { type Azurite, startAzurite } from "../../local/azurite/azurite.ts";
import { freePort } from "../../local/ports.ts";
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

/** Accounts that have expired, whatever else is stored. */
const EXPIRED = 100;
/** Accounts of which all others are copies: one for each day on which sessions end. */
const MODELS = 500;
/** Users that are measured, and users that do not exist yet, are numbered from here. */
const MEASURED = 1_000_000;
const NEW_USERS = 2_000_000;
/** One is read, one signs out by its cookie, one on the front channel. */
const ACCOUNTS_A_ROUND = 3;
/** Bytes in a bare row, as in an account with one access token. */
const ROW_SIZE = 6_400;

export const STEPS = [
  "read a session",
  "sign out by cookie",
  "front-channel sign-out",
  "store a sign-in",
  "emulator: read a row",
  "emulator: list a partition",
  "emulator: insert a row",
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
): Promise<Stage> {
  const { azurite, multiplyRows } = await startLargeAzurite();
  const app = composeApp({ ...env, TOKEN_CACHE_STORAGE: azurite.connectionString });
  const bare = TableClient.fromConnectionString(azurite.connectionString, TABLE_NAME, {
    allowInsecureConnection: true,
  });
  await bare.createTable();
  const model = await msalCache(tenantId, authority, 1);
  const measured = ACCOUNTS_A_ROUND * rounds + EXPIRED;
  const others = accounts - measured;
  const models = Math.min(others, MODELS);
  await fill(app, { tenantId, model, first: 0, accounts: models });
  await multiplyRows(Math.round(others / models));

  const ids = await Promise.all(Array.from({ length: rounds }, () => insertBareRows(bare)));
  const some = { first: MEASURED, accounts: measured, expired: EXPIRED };
  const users = await fill(app, { tenantId, model, ...some });
  return { accounts, azurite, app, act: actor(app, bare, tenantId, model, users, ids) };
}

/** Rows with keys like an account's: what a write costs the emulator depends on where a row stands among all. */
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
    const user = (offset: number) => users[ACCOUNTS_A_ROUND * round + offset] as Filled;
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
      case "emulator: list a partition": {
        const filter = odata`PartitionKey ge ${id} and PartitionKey lt ${`${id}!`}`;
        for await (const _ of table.listEntities({ queryOptions: { filter } }));
        return;
      }
      case "emulator: insert a row":
        await table.createEntity({ partitionKey: id, rowKey: "another" });
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
async function startLargeAzurite() {
  const { NODE_OPTIONS = "" } = process.env;
  const port = await freePort();
  process.env.BENCH_COPIES_PORT = String(port);
  process.env.NODE_OPTIONS = `${NODE_OPTIONS} --max-old-space-size=8192 --disable-warning=ExperimentalWarning --import=${new URL("copies.ts", import.meta.url)}`;
  try {
    const azurite = await startAzurite();
    const multiplyRows = async (by: number) => {
      await fetch(`http://127.0.0.1:${port}/${by}`);
    };
    return { azurite, multiplyRows };
  } finally {
    process.env.NODE_OPTIONS = NODE_OPTIONS;
  }
}
