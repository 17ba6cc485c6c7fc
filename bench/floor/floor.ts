import { createHmac, createSecretKey } from "node:crypto";
import { TABLE_NAME } from "../../src/shared/table/azureTable.ts";
import type { SignedIn } from "../world/accounts.ts";
import { byDispatcher, type Get, type Got } from "./gets.ts";

/** Where the floor finds what it needs of a user: it keeps no session. */
export type Place = Pick<SignedIn, "row" | "graphToken">;

/**
 * One signed point read and one call with a token that is at hand: less than this, no app can do that keeps nothing.
 * @param opened Default: of all ways the one that takes the least CPU time.
 */
export function createFloor(
  env: Readonly<Record<string, string | undefined>>,
  opened: Get | Promise<Get> = byDispatcher(),
) {
  const table = readTable(env.TOKEN_CACHE_STORAGE ?? "");
  const graph = new URL(`${env.GRAPH_BASE_URL}/me`);

  return async ({ row, graphToken }: Place): Promise<Got> => {
    const get = await opened;
    const path = table.pathOf(row);
    const { status, body } = await get(table.origin, path, table.signed(path));
    if (status !== 200) throw new Error(`The table answered ${status}.`);
    const entity: unknown = JSON.parse(body.toString());
    if (!entity) throw new Error("The row is empty.");
    return await get(graph.origin, graph.pathname, { authorization: `Bearer ${graphToken}` });
  };
}

/** The table, as an account key opens it (Authorize with Shared Key, Shared Key Lite for the Table service). */
function readTable(connectionString: string) {
  const partOf = (name: string) => new RegExp(`${name}=([^;]+)`).exec(connectionString)?.[1] ?? "";
  const { origin, pathname } = new URL(partOf("TableEndpoint"));
  const account = partOf("AccountName");
  const key = createSecretKey(Buffer.from(partOf("AccountKey"), "base64"));
  return {
    origin,
    pathOf: ({ partitionKey, rowKey }: Place["row"]) =>
      `${pathname}/${TABLE_NAME}(PartitionKey='${partitionKey}',RowKey='${rowKey}')`,
    signed(path: string): Record<string, string> {
      const date = new Date().toUTCString();
      const signature = createHmac("sha256", key).update(`${date}\n/${account}${path}`);
      return {
        accept: "application/json;odata=minimalmetadata",
        "x-ms-version": "2019-02-02",
        "x-ms-date": date,
        authorization: `SharedKeyLite ${account}:${signature.digest("base64")}`,
      };
    },
  };
}
