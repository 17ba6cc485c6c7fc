import { odata, type TransactionAction } from "@azure/data-tables";
import { ManagedIdentityUnavailable, StoreUnavailable } from "../base/errors.ts";
import type { StorageSettings } from "../config/storage.ts";
import type { Send } from "../net/send.ts";
import type { ManagedIdentity } from "../oauth/managedIdentity.ts";
import { type TableRequests, Unanswered } from "./retrying.ts";
import { isPermanent, networkCodeOf, pauseOf, saidBy } from "./sdkError.ts";
import { storageAdviceFor } from "./storageAdvice.ts";
import type { Entity, Stored } from "./table.ts";
import { openTableClient } from "./tableClient.ts";
import { TableFault, type TableOperation } from "./tableFault.ts";
import { noRow, notThatVersion, refused, type Unfulfilled } from "./unfulfilled.ts";

/** Entities. */
const PAGE_SIZE = 200;
/** Everything Lightsout keeps is in this table. */
export const TABLE_NAME = "lightsout";
const NO_TABLE = `The storage account has no table ${TABLE_NAME}. Check the storage setting: the app makes its table with its first request.`;

const OPERATIONS = { insert: "insert", replace: "replace", remove: "delete" } as const;

interface AzureTable extends TableRequests {
  /** The table endpoint of the storage account, without what may be secret in it. */
  readonly endpoint: string;
}

/**
 * Opens the table. Nothing is sent before the first request.
 * @param missing What is done about a table that is not there: the app makes it, a command reports it.
 */
export function azureTable(
  storage: StorageSettings,
  send: Send,
  managedIdentity: ManagedIdentity,
  missing: "make" | "report" = "make",
): AzureTable {
  const { client, pointRead } = openTableClient(TABLE_NAME, storage, send, managedIdentity);
  const { origin, pathname, host } = new URL(client.url);

  /** Runs one try. @param unfulfilled What says that its condition does not hold, and what its answer then is. */
  async function request<T, A = never>(
    operation: TableOperation,
    run: () => Promise<T>,
    unfulfilled?: { readonly by: Unfulfilled; readonly answer: A },
    tableMade = false,
  ): Promise<T | A> {
    try {
      return await run();
    } catch (error) {
      const { status, code, requestId } = saidBy(error);
      if (code !== undefined && unfulfilled?.by(`${status} ${code}`, (error as Error).message)) {
        return unfulfilled.answer;
      }
      const named = code ?? networkCodeOf(error) ?? String(status);
      const said = { code: named, status, operation, table: TABLE_NAME, host, requestId };
      const fault = new TableFault({ ...said, fix: storageAdviceFor(named) }, { cause: error });
      if (code === "TableNotFound") {
        if (missing === "report") throw new StoreUnavailable(NO_TABLE, { cause: fault });
        if (tableMade) throw new Unanswered({ cause: fault });
        // Instances may do this at once: the SDK takes "already exists" for success.
        await request("create table", () => client.createTable(), undefined, true);
        return await request(operation, run, unfulfilled, true);
      }
      if (isPermanent(status)) {
        throw new StoreUnavailable(
          `Table Storage refuses with ${code ? `${status} ${code}` : status}. ${fault.fix}`,
          { cause: fault },
        );
      }
      const message = error instanceof ManagedIdentityUnavailable ? error.message : undefined;
      throw new Unanswered({ cause: fault, message, retryAfter: pauseOf(error) });
    }
  }

  return {
    endpoint: (origin + pathname).replace(/\/$/, ""),

    get: <E extends Entity>(partitionKey: string, rowKey: string) => {
      const read = async () => {
        const row = storedOf<E>(await pointRead(partitionKey, rowKey));
        assertAnswer(row.partitionKey === partitionKey && row.rowKey === rowKey);
        return row;
      };
      return request("get", read, { by: noRow, answer: undefined });
    },

    write: async (writes) => {
      const [only, ...more] = writes;
      if (only === undefined) return true;
      const run = async () => {
        if (more.length > 0) {
          const { subResponses } = await client.submitTransaction(writes.map(actionOf));
          assertAnswer(subResponses.filter(isDone).length === writes.length);
        } else if (only.kind === "insert") {
          await client.createEntity(only.entity);
        } else if (only.kind === "replace") {
          await client.updateEntity(only.entity, "Replace", { etag: only.etag });
        } else {
          await client.deleteEntity(only.entity.partitionKey, only.entity.rowKey);
        }
        return true;
      };
      const operation = more.length > 0 ? "transaction" : OPERATIONS[only.kind];
      return await request(operation, run, { by: refused(writes), answer: false });
    },

    remove: (partitionKey, rowKey, etag) => {
      const run = async () => {
        await client.deleteEntity(partitionKey, rowKey, { etag: etag ?? "*" });
        return true;
      };
      const by = etag === undefined ? noRow : notThatVersion;
      return request("delete", run, { by, answer: false });
    },

    page: <E extends Entity>(from: string, to: string, start: string | undefined) => {
      const read = async () => {
        let list: unknown;
        const pages = client
          .listEntities({
            queryOptions: { filter: odata`PartitionKey ge ${from} and PartitionKey lt ${to}` },
            onResponse: ({ parsedBody }) => {
              list = parsedBody?.value;
            },
          })
          .byPage({ maxPageSize: PAGE_SIZE, ...(start && { continuationToken: start }) });
        const { value: page } = await pages.next();
        const entities = (page ?? []).map(storedOf<E>);
        const isAsked = ({ partitionKey: key }: Entity) => key >= from && key < to;
        assertAnswer(Array.isArray(list) && entities.every(isAsked));
        return { entities, next: page?.continuationToken };
      };
      return request("query", read);
    },
  };
}

/** An answer to another request than this one comes from something in between. Nobody knows what became of this one. */
function assertAnswer(holds: boolean): void {
  if (!holds) throw new TypeError("The answer is not one to this request.");
}

function isDone({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/**
 * The row without what the service adds to it, but with its ETag, without which a write over it would have no condition.
 * Its shape is the protocol's own: nobody else writes this table.
 */
function storedOf<E extends Entity>(entity: object): Stored<E> {
  const { timestamp, "odata.metadata": _, ...row } = entity as Record<string, unknown>;
  assertAnswer(typeof row.etag === "string");
  return row as Stored<E>;
}

function actionOf(write: Parameters<TableRequests["write"]>[0][number]): TransactionAction {
  switch (write.kind) {
    case "insert":
      return ["create", write.entity];
    case "replace":
      return ["update", write.entity, "Replace", { etag: write.etag }];
    case "remove":
      return ["delete", write.entity];
  }
}
