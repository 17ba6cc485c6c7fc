import { StoreUnavailable } from "../../src/shared/errors.ts";
import { generationRow, SID } from "../../src/shared/store/keys.ts";
import type { Entity, Outcome, Table } from "../../src/shared/store/table.ts";
import type { Port } from "./coroutine.ts";
import type { Weakness } from "./scenario.ts";

const isTokens = ({ rowKey }: Entity) => rowKey.startsWith(generationRow(""));
const isHead = ({ rowKey }: Entity) => rowKey === "head";
const isIndex = ({ partitionKey }: Entity) => /^[sux]\./.test(partitionKey);

/** Sends a write without asking what became of the tries before it. */
async function resend(port: Port, writes: Parameters<Port["write"]>[0]): Promise<Outcome> {
  const answered = await port
    .write(writes)
    .catch(() => port.write(writes))
    .catch((cause) => {
      throw new StoreUnavailable(undefined, { cause });
    });
  return answered ? "done" : "refused";
}

/** One guard of the protocol taken away at a time. */
export const TABLE_WEAKNESSES = {
  /** Writes over whatever version of the account is there. */
  refreshMatchesAny: (table) => ({
    ...table,
    replace: (entity, etag) => table.replace(entity, isTokens(entity) ? "*" : etag),
  }),

  /** Hands a refreshed token out whether or not it could be stored. */
  refreshUnstored: (table) => ({
    ...table,
    replace: async (entity, etag) => {
      const outcome = await table.replace(entity, etag);
      return isTokens(entity) ? "done" : outcome;
    },
  }),

  /** Stores the tokens first, and then what leads to them. */
  tokensBeforeIndex(table) {
    const waiting: Entity[] = [];
    async function thenIndex(outcome: Promise<Outcome>): Promise<Outcome> {
      const done = await outcome;
      for (const entity of waiting.splice(0)) await table.insert(entity);
      return done;
    }
    return {
      ...table,
      async insert(entity) {
        if (!isIndex(entity)) return await table.insert(entity);
        waiting.push(entity);
        return "done";
      },
      replace: (entity, etag) => thenIndex(table.replace(entity, etag)),
      transact: (writes) => thenIndex(table.transact(writes)),
    };
  },

  /** Takes for granted that a generation which is not there never will be. */
  fenceIgnored: (table) => ({
    ...table,
    insert: async (entity) => (isHead(entity) ? "done" : await table.insert(entity)),
    replace: async (entity, etag) => (isHead(entity) ? "done" : await table.replace(entity, etag)),
  }),

  /** Takes the echo of its own lost write for a plain refusal. */
  unsureIsRefused: (table) => {
    const refused = async (outcome: Promise<Outcome>): Promise<Outcome> =>
      (await outcome) === "unsure" ? "refused" : await outcome;
    return {
      ...table,
      insert: (entity) => refused(table.insert(entity)),
      replace: (entity, etag) => refused(table.replace(entity, etag)),
      transact: (writes) => refused(table.transact(writes)),
    };
  },

  /** Does not look for a sign-out that came before the sign-in. */
  earlySignOutIgnored: (table) => ({
    ...table,
    get: async (partitionKey, rowKey) =>
      partitionKey === "e" ? undefined : await table.get(partitionKey, rowKey),
  }),

  /** Signs out what a `sid` points at, and leaves the `sid` good for another sign-in. */
  markSwallowed: (table) => ({
    ...table,
    replace: async (entity, etag) =>
      entity.rowKey === SID && entity.signedOut ? "done" : await table.replace(entity, etag),
  }),

  /** Answers before the tokens are gone when the table does not. */
  faultsSwallowed: (table) => ({
    ...table,
    remove: async (partitionKey, rowKey, etag) =>
      await table.remove(partitionKey, rowKey, etag).catch(() => false),
  }),

  /** Lets the purge delete whatever version of a row is there now. */
  purgeMatchesAny: (table) => ({
    ...table,
    remove: (partitionKey, rowKey) => table.remove(partitionKey, rowKey),
  }),
} satisfies Record<string, (table: Table) => Table>;

export type TableWeakness = keyof typeof TABLE_WEAKNESSES;

/** With those for which requests are sent that the protocol has not. */
export const WEAKNESSES = {
  ...TABLE_WEAKNESSES,

  /** Writes refreshed tokens whether or not the account is still there. */
  refreshUpserts: (table, port) => ({
    ...table,
    replace: (entity, etag) =>
      isTokens(entity) ? resend(port, [{ kind: "upsert", entity }]) : table.replace(entity, etag),
  }),

  /** Opens a generation whatever became of the head since it was read. */
  headIsNoCondition: (table, port) => ({
    ...table,
    transact: (writes) =>
      resend(
        port,
        writes.map((write) =>
          isHead(write.entity) ? { kind: "upsert", entity: write.entity } : write,
        ),
      ),
  }),

  /** Inserts the tokens on no condition but that they are not there; the head is written before, by itself. */
  noHead: (table, port) => ({
    ...table,
    async transact(writes) {
      const heads = writes.filter(({ entity }) => isHead(entity));
      await resend(
        port,
        heads.map(({ entity }) => ({ kind: "upsert", entity })),
      );
      return await resend(
        port,
        writes.filter(({ entity }) => isTokens(entity)),
      );
    },
  }),
} satisfies Record<string, Weakness>;
