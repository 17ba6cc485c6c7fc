import { readFileSync } from "node:fs";
import { TableClient } from "@azure/data-tables";
import { app } from "@azure/functions";

/* The floor as a function app: one point read, one fetch. */

interface Place {
  readonly row: { readonly partitionKey: string; readonly rowKey: string };
  readonly graphToken: string;
}

const { env } = process;
const table = TableClient.fromConnectionString(env.TOKEN_CACHE_STORAGE ?? "", "lightsout", {
  allowInsecureConnection: true,
});
const places = JSON.parse(readFileSync(env.BENCH_CALLERS ?? "", "utf8")) as Record<string, Place>;

app.http("graph", {
  methods: ["GET"],
  route: "graph/{*path}",
  authLevel: "anonymous",
  async handler(request) {
    const place = places[request.headers.get("cookie") ?? ""];
    if (!place) return { status: 401 };
    const { row, graphToken } = place;
    await table.getEntity(row.partitionKey, row.rowKey);
    const response = await fetch(`${env.GRAPH_BASE_URL}/me`, {
      headers: { authorization: `Bearer ${graphToken}` },
    });
    return { status: response.status, body: await response.arrayBuffer() };
  },
});
