import type { TableRequest } from "./tableProxy.ts";

const KINDS: Record<string, string> = {
  a: "account row",
  e: "early sign-out row",
  s: "sid row",
  t: "used row",
  u: "subject row",
  x: "expiry row",
};

/** What a request to the table service does, for people: `insert sid row`, `replace head + insert tokens`. */
export function stepOf({ method, url, body }: TableRequest): string {
  const path = decodeURIComponent(url);
  if (path.endsWith("/$batch")) {
    return body
      .split("--changeset_")
      .flatMap((part) => {
        const [, method, url] = /^(POST|PUT|DELETE) (\S+) HTTP/m.exec(part) ?? [];
        return method && url ? [stepOf({ method, url, body: part })] : [];
      })
      .join(" + ");
  }
  const [, from] = /PartitionKey ge '(\w)/.exec(path) ?? [];
  if (from) return `list ${kindOf(from, "")}s`;
  if (path.endsWith("/Tables")) return "create table";
  const kind = kindOf(keyOf("PartitionKey", path, body), keyOf("RowKey", path, body));
  return `${VERBS[method] ?? method} ${kind}`;
}

const VERBS: Record<string, string> = {
  GET: "read",
  POST: "insert",
  PUT: "replace",
  DELETE: "delete",
};

/** From the URL of what is there already, or from the body of what is new. */
function keyOf(name: string, path: string, body: string): string {
  const pattern = new RegExp(`${name}(?:='([^']*)'|":"([^"]*)")`);
  const [, inPath, inBody] = pattern.exec(path) ?? pattern.exec(body) ?? [];
  return inPath ?? inBody ?? "";
}

function kindOf(partitionKey: string, rowKey: string): string {
  if (rowKey.startsWith("c.")) return "tokens";
  if (rowKey === "head") return "head";
  return KINDS[partitionKey.slice(0, 1)] ?? `row ${partitionKey}/${rowKey}`;
}
