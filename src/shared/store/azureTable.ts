import { odata, RestError, type TransactionAction } from "@azure/data-tables";
import type { StorageSettings } from "../config/storage.ts";
import { StoreUnavailable } from "../errors.ts";
import type { Send } from "../http/send.ts";
import type { TokenSource } from "../identity/managedIdentity.ts";
import { type TableRequests, Unanswered } from "./retrying.ts";
import type { Entity, Stored } from "./table.ts";
import { openTableClient } from "./tableClient.ts";

/** Entities. */
const PAGE_SIZE = 200;
/** Everything Lightsout keeps is in this table. */
export const TABLE_NAME = "lightsout";
const NO_TABLE = `The storage account has no table ${TABLE_NAME}. Check the storage setting: the app makes its table with its first request.`;

/** By which statuses the service says that the condition of a request does not hold, and what its answer then is. */
interface Unfulfilled<A> {
  readonly statuses: readonly (number | undefined)[];
  readonly answer: A;
}

const NO_ROW: Unfulfilled<undefined> = { statuses: [404], answer: undefined };
const NOT_THAT_VERSION: Unfulfilled<false> = { statuses: [404, 409, 412], answer: false };

export interface AzureTable extends TableRequests {
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
  managedIdentity: (clientId: string | undefined) => TokenSource,
  missing: "make" | "report" = "make",
): AzureTable {
  const client = openTableClient(TABLE_NAME, storage, send, managedIdentity);
  const { origin, pathname } = new URL(client.url);

  /** Runs one try. */
  async function request<T, A = never>(
    run: () => Promise<T>,
    unfulfilled?: Unfulfilled<A>,
    tableMade = false,
  ): Promise<T | A> {
    try {
      return await run();
    } catch (error) {
      const status = error instanceof RestError ? error.statusCode : undefined;
      const code = codeOf(error);
      if (code === "TableNotFound") {
        if (missing === "report") throw new StoreUnavailable(NO_TABLE, { cause: error });
        if (tableMade) throw new Unanswered({ cause: error });
        // Instances may do this at once: the SDK takes "already exists" for success.
        await request(() => client.createTable(), undefined, true);
        return await request(run, unfulfilled, true);
      }
      // Without the service's own code it is something in between that says so, and of the row nothing is known.
      if (code !== undefined && unfulfilled?.statuses.includes(status)) return unfulfilled.answer;
      if (isPermanent(status)) {
        throw new StoreUnavailable(
          `Table Storage refuses with ${code ? `${status} ${code}` : status}. Check the storage setting and that the app's identity has the role Storage Table Data Contributor.`,
          { cause: error },
        );
      }
      throw new Unanswered({ cause: error, retryAfter: retryAfterOf(error) });
    }
  }

  return {
    endpoint: (origin + pathname).replace(/\/$/, ""),

    get: <E extends Entity>(partitionKey: string, rowKey: string) => {
      const read = async () => storedOf<E>(await client.getEntity(partitionKey, rowKey));
      return request(read, NO_ROW);
    },

    write: (writes) =>
      request(async () => {
        const [only, ...more] = writes;
        if (only === undefined) return true;
        if (more.length > 0) {
          await client.submitTransaction(writes.map(actionOf));
        } else if (only.kind === "insert") {
          await client.createEntity(only.entity);
        } else {
          await client.updateEntity(only.entity, "Replace", { etag: only.etag });
        }
        return true;
      }, NOT_THAT_VERSION),

    remove: (partitionKey, rowKey, etag = "*") =>
      request(async () => {
        await client.deleteEntity(partitionKey, rowKey, { etag });
        return true;
      }, NOT_THAT_VERSION),

    page: <E extends Entity>(from: string, to: string, start: string | undefined) => {
      const read = async () => {
        const queryOptions = { filter: odata`PartitionKey ge ${from} and PartitionKey lt ${to}` };
        const pages = client
          .listEntities({ queryOptions })
          .byPage({ maxPageSize: PAGE_SIZE, ...(start && { continuationToken: start }) });
        const { value: page } = await pages.next();
        return { entities: (page ?? []).map(storedOf<E>), next: page?.continuationToken };
      };
      return request(read);
    },
  };
}

/** The row without what the service adds to it. Its shape is the protocol's own: nobody else writes this table. */
function storedOf<E extends Entity>(entity: object): Stored<E> {
  const { timestamp, "odata.metadata": _, ...row } = entity as Record<string, unknown>;
  return row as Stored<E>;
}

function actionOf(write: Parameters<TableRequests["write"]>[0][number]): TransactionAction {
  return write.kind === "insert"
    ? ["create", write.entity]
    : ["update", write.entity, "Replace", { etag: write.etag }];
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof RestError)) return undefined;
  const details = error.details as { odataError?: { code?: string } } | undefined;
  // The SDK's own code for an answer that is no table service's.
  const code = error.code === RestError.PARSE_ERROR ? undefined : error.code;
  return details?.odataError?.code ?? code ?? error.response?.headers.get("x-ms-error-code");
}

/** A 4xx other than "slow down" will be the same next time: a missing role, a wrong key, a bad request. */
function isPermanent(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 408 && status !== 429;
}

function retryAfterOf(error: unknown): number | undefined {
  const value = error instanceof RestError ? error.response?.headers.get("retry-after") : undefined;
  const seconds = Number(value ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
