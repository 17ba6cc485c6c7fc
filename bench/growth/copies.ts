import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { find } from "../../local/installed.ts";

/*
 * Loaded into Azurite by `--import`: on a port of its own, multiplies the rows that are there. Over HTTP, a hundred
 * thousand accounts would take ten minutes.
 */

interface Row {
  readonly PartitionKey: string;
  readonly RowKey: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

interface Collection {
  find(): readonly (Row & { readonly $loki: number; readonly meta: unknown })[];
  insert(rows: readonly Row[], atOnce: true): void;
}

interface Store {
  readonly db: { readonly collections: readonly { readonly name: string }[] };
  init(): Promise<void>;
}

const { default: TableStore } = createRequire(import.meta.url)(
  find("azurite/dist/src/table/persistence/LokiTableMetadataStore.js"),
) as { default: { prototype: Store } };
const { init } = TableStore.prototype;
TableStore.prototype.init = function (this: Store) {
  listen(() => this.db.collections.find(({ name }) => name.includes("lightsout")) as never);
  return init.call(this);
};

/** Random, of the same form: keys are hashes. */
const KEY = /[\w-]{20,}/g;

/** Makes so many of every row, each under keys of its own. */
function multiply(collection: Collection, by: number): void {
  const rows = collection.find().map(({ $loki: _, meta: __, ...row }) => row);
  const added: Row[] = [];
  for (let i = 1; i < by; i++) {
    const names = new Map<string, string>();
    const rename = (key: string) =>
      key.replace(KEY, (name) => {
        const other = names.get(name) ?? randomBytes(33).toString("base64url").slice(1);
        names.set(name, other);
        return other;
      });
    for (const row of rows) {
      const keys = { PartitionKey: rename(row.PartitionKey), RowKey: rename(row.RowKey) };
      added.push({ ...row, ...keys, properties: { ...row.properties, ...keys } });
    }
  }
  collection.insert(added, true);
}

function listen(collection: () => Collection): void {
  const server = createServer((request, response) => {
    multiply(collection(), Number(request.url?.slice(1)));
    response.end();
  });
  server.listen(Number(process.env.BENCH_COPIES_PORT), "127.0.0.1").unref();
}
