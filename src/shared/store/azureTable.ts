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
const NOTHING_LISTED = { entities: [], next: undefined };
/** Everything Lightsout keeps is in this table. */
export const TABLE_NAME = "lightsout";

/** Opens the table. Nothing is sent before the first request, and the table is made when it is missing. */
export function azureTable(
  storage: StorageSettings,
  send: Send,
  managedIdentity: (clientId: string | undefined) => TokenSource,
): TableRequests {
  const client = openTableClient(TABLE_NAME, storage, send, managedIdentity);

  /** Runs one try. `absent` is its answer when the service says that the condition does not hold. */
  async function request<T, A>(
    run: () => Promise<T>,
    absent: A,
    tableMade = false,
  ): Promise<T | A> {
    try {
      return await run();
    } catch (error) {
      const status = error instanceof RestError ? error.statusCode : undefined;
      if (codeOf(error) === "TableNotFound" && !tableMade) {
        // Instances may do this at once: the SDK takes "already exists" for success.
        await request(() => client.createTable(), undefined, true);
        return await request(run, absent, true);
      }
      if (codeOf(error) === "TableNotFound") throw new Unanswered({ cause: error });
      // Without the service's own code it is something in between that says so, and of the row nothing is known.
      const unfulfilled = status === 404 || status === 409 || status === 412;
      if (unfulfilled && codeOf(error) !== undefined) return absent;
      if (isPermanent(status)) {
        throw new StoreUnavailable(
          `Table Storage refuses with ${status}. Check the storage setting and that the app's identity has the role Storage Table Data Contributor.`,
          { cause: error },
        );
      }
      throw new Unanswered({ cause: error, retryAfter: retryAfterOf(error) });
    }
  }

  return {
    get: <E extends Entity>(partitionKey: string, rowKey: string) =>
      request(async () => storedOf<E>(await client.getEntity(partitionKey, rowKey)), undefined),

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
      }, false),

    remove: (partitionKey, rowKey, etag = "*") =>
      request(async () => {
        await client.deleteEntity(partitionKey, rowKey, { etag });
        return true;
      }, false),

    page: <E extends Entity>(from: string, to: string, start: string | undefined) =>
      request(async () => {
        const queryOptions = { filter: odata`PartitionKey ge ${from} and PartitionKey lt ${to}` };
        const pages = client
          .listEntities({ queryOptions })
          .byPage({ maxPageSize: PAGE_SIZE, ...(start && { continuationToken: start }) });
        const { value: page } = await pages.next();
        return { entities: (page ?? []).map(storedOf<E>), next: page?.continuationToken };
      }, NOTHING_LISTED),
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
  return details?.odataError?.code ?? code;
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
