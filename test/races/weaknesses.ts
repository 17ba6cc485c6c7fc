import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import { generationOf, SID } from "../../src/shared/rows/keys.ts";
import { authenticated, originOf } from "../../src/shared/store/sidIndex.ts";
import { CLOCKS_APART_MS } from "../../src/shared/store/tombstones.ts";
import type { Entity, Outcome, Stored, Table } from "../../src/shared/table/table.ts";
import type { Port } from "./coroutine.ts";
import { DAY, plainKeyring, type Weakness } from "./scenario.ts";

const isTokens = ({ rowKey }: Entity) => generationOf(rowKey) !== undefined;
const isHead = ({ rowKey }: Entity) => rowKey === "head";
const isSid = ({ rowKey }: { readonly rowKey: string }) => rowKey === SID;
const isUsed = (partitionKey: string) => partitionKey.startsWith("t.");
const isFiled = ({ partitionKey }: Entity) => partitionKey.startsWith("x.");
const isAnnouncement = ({ partitionKey, partition }: Entity) =>
  isUsed(partitionKey) && partition !== undefined;
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

/** Shows `sid` rows otherwise than they are. */
function readingSids(table: Table, change: (row: Stored) => Stored): Table {
  return {
    ...table,
    async get(partitionKey, rowKey) {
      const row = await table.get<never>(partitionKey, rowKey);
      if (row === undefined || rowKey !== SID) return row;
      const changed = change(row);
      const isOurs = changed !== row && originOf(plainKeyring, row) === "ours";
      return (isOurs ? authenticated(plainKeyring, changed) : changed) as never;
    },
  };
}

/** Shows early tombstones, of 32 bytes each, otherwise than they are. */
function readingEarlyTombstones(table: Table, change: (tombstone: Buffer) => void): Table {
  return {
    ...table,
    async get(partitionKey, rowKey) {
      const row = await table.get<never>(partitionKey, rowKey);
      if (row === undefined || partitionKey !== "e") return row;
      const tombstones = Buffer.from((row as Stored).tombstones as Uint8Array);
      for (let at = 0; at < tombstones.length; at += 32) change(tombstones.subarray(at, at + 32));
      return { ...(row as Stored), tombstones } as never;
    },
  };
}

/** Goes on without the answer to what it inserts there: that may still be under way when the next requests are sent. */
function withoutWaiting(table: Table, isMeant: (entity: Entity) => boolean): Table {
  return {
    ...table,
    async insert(entity) {
      const outcome = table.insert(entity);
      if (!isMeant(entity)) return await outcome;
      outcome.catch(() => {});
      return "done";
    },
  };
}

/** @param time ISO 8601; empty for none. */
function earlier(time: unknown, by: number): string {
  return time ? new Date(Date.parse(String(time)) - by).toISOString() : "";
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

  /** Stores the tokens while the row that leads to them is under way. */
  sidNotAwaited: (table) => withoutWaiting(table, isSid),

  /** Reserves the `sid` while what lets the purge find it is under way. */
  filingNotAwaited: (table) => withoutWaiting(table, isFiled),

  /** Looks for early tombstones while its announcement is under way. */
  announcementNotAwaited: (table) => withoutWaiting(table, isAnnouncement),

  /** Signs out without looking for announcements. */
  announcementIgnored: (table) => ({
    ...table,
    get: async (partitionKey, rowKey) =>
      isUsed(partitionKey) ? undefined : await table.get(partitionKey, rowKey),
  }),

  /** Takes somebody else's announcement for its own. */
  announcementShared: (table) => ({
    ...table,
    insert: async (entity) => {
      const outcome = await table.insert(entity);
      return isAnnouncement(entity) ? "done" : outcome;
    },
  }),

  /** Leaves the live generation as it is when it makes a sign-in look again. */
  joiningNotDisturbed: (table) => {
    let read: Stored | undefined;
    return {
      ...table,
      async get(partitionKey, rowKey) {
        read = await table.get<never>(partitionKey, rowKey);
        return read as never;
      },
      replace: async (entity, etag) =>
        isTokens(entity) && entity.d0 === read?.d0 ? "done" : await table.replace(entity, etag),
    };
  },

  /** Believes a list that was read one page after the other. */
  listTrusted: (table) => ({
    ...table,
    get: async (partitionKey, rowKey) =>
      isTokens({ partitionKey, rowKey }) ? undefined : await table.get(partitionKey, rowKey),
  }),

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
  tombstoneSwallowed: (table) => ({
    ...table,
    replace: async (entity, etag) =>
      entity.rowKey === SID && entity.signedOut ? "done" : await table.replace(entity, etag),
  }),

  /** Leaves the tombstone of the last sign-out when a sign-in takes the row over. */
  tombstoneDroppedAtTakeover: (table) => ({
    ...table,
    replace: (entity, etag) =>
      table.replace(
        isSid(entity) && !entity.signedOut
          ? authenticated(plainKeyring, { ...entity, tombstone: "", leftAt: "" })
          : entity,
        etag,
      ),
  }),

  /** Leaves what a logout token said when a sign-in takes the row over. */
  logoutTokenDroppedAtTakeover: (table) => {
    let read: Stored | undefined;
    return {
      ...readingSids(table, (row) => {
        read = row;
        return row;
      }),
      replace: (entity, etag) => {
        const isClaim = isSid(entity) && entity.generation !== read?.generation;
        const dropped = authenticated(plainKeyring, { ...entity, tokenTombstone: "" });
        return table.replace(isClaim ? dropped : entity, etag);
      },
    };
  },

  /** Believes whatever a row says. */
  macIgnored: (table) => readingSids(table, (row) => authenticated(plainKeyring, row)),

  /** Lets tombstones count at a sign-in only where they verify. */
  unverifiedMarksIgnored: (table) =>
    readingSids(table, (row) =>
      originOf(plainKeyring, row) === "ours" ? row : { ...row, tombstone: "", signedOut: false },
    ),

  /** Ends the account for a `sid` whose own session is long over. */
  overIgnored: (table) => readingSids(table, (row) => ({ ...row, expiresAt: "" })),

  /** Takes a session for over that is not. */
  overTooSoon: (table) =>
    readingSids(table, (row) => ({ ...row, expiresAt: earlier(row.expiresAt, DAY) })),

  /** Leaves an entry that leads to a longer session with the end of the one before. */
  overNotRaised: (table) => {
    let read: Stored | undefined;
    return {
      ...readingSids(table, (row) => {
        read = row;
        return row;
      }),
      replace: async (entity, etag) =>
        isSid(entity) &&
        entity.generation === read?.generation &&
        entity.tombstone === read?.tombstone
          ? "done"
          : await table.replace(entity, etag),
    };
  },

  /** Takes a row that is marked already for signed out. */
  tombstoneNotRenewed: (table) => {
    let marked = false;
    return {
      ...readingSids(table, (row) => {
        marked = row.signedOut === true;
        return row;
      }),
      replace: async (entity, etag) =>
        marked && isSid(entity) && entity.signedOut ? "done" : await table.replace(entity, etag),
    };
  },

  /** Lets every sign-in in, whatever sign-outs it has to come after. */
  tombstonesIgnored: (table) =>
    readingSids(table, (row) => ({ ...row, tombstone: "", signedOut: false })),

  /** Holds sign-ins back also when they have seen the tombstone. */
  seenIgnored: (table) => {
    let reads = 0;
    return readingSids(table, (row) =>
      row.tombstone ? { ...row, tombstone: `${row.tombstone} ${++reads}` } : row,
    );
  },

  /** The same for early sign-outs. */
  seenEarlyIgnored: (table) => {
    let reads = 0;
    return readingEarlyTombstones(table, (tombstone) => tombstone.writeUInt32BE(++reads, 24));
  },

  /** Believes clocks. */
  marginIgnored: (table) =>
    readingSids(table, (row) => ({ ...row, leftAt: earlier(row.leftAt, CLOCKS_APART_MS) })),

  /** The same for early sign-outs. */
  earlyMarginIgnored: (table) =>
    readingEarlyTombstones(table, (tombstone) =>
      tombstone.writeUInt32BE(tombstone.readUInt32BE(16) - CLOCKS_APART_MS / 1_000, 16),
    ),

  /** Waits for ever for who comes after a sign-out and has not seen it. */
  tombstonesForEver: (table) =>
    readingSids(table, (row) => ({ ...row, leftAt: earlier(row.leftAt, -DAY) })),

  /** Purges the row of a session that has ended, however new its tombstone is. */
  marksPurgedAtOnce: (table) =>
    readingSids(table, (row) => ({ ...row, changedAt: earlier(row.changedAt, DAY) })),

  /** Does not write down what a logout token said. */
  logoutTokenSwallowed: (table) => ({
    ...table,
    replace: async (entity, etag) =>
      isSid(entity) && entity.tokenTombstone ? "done" : await table.replace(entity, etag),
  }),

  /** Takes a logout token for used before it has had an effect. */
  logoutTokenBurntFirst: (table) => ({
    ...table,
    async get(partitionKey, rowKey) {
      const row = await table.get<never>(partitionKey, rowKey);
      if (row === undefined && isUsed(partitionKey)) await table.insert({ partitionKey, rowKey });
      return row;
    },
  }),

  /** Lets an answer of the provider be used twice. */
  answerNotUsedUp: (table) => ({
    ...table,
    insert: async (entity) => (isUsed(entity.partitionKey) ? "done" : await table.insert(entity)),
  }),

  /** Answers before the tokens are gone when the table does not. */
  faultsSwallowed: (table) => ({
    ...table,
    remove: async (partitionKey, rowKey, etag) =>
      await table.remove(partitionKey, rowKey, etag).catch(() => false),
  }),

  /** Takes a version for removed that is still there. */
  removalClaimed: (table) => ({
    ...table,
    remove: async (partitionKey, rowKey, etag) =>
      etag === undefined ? await table.remove(partitionKey, rowKey) : true,
  }),

  /** Lets who removes a version of a row, such as the purge, delete whatever is there now. */
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
