import { app } from "@azure/functions";
import { createStock } from "../stock/stock.ts";

/* The stock pattern as a function app. */

const env = process.env as Record<string, string>;
const { graphMe } = createStock(env, env.BENCH_METADATA ?? "");

app.http("graph", {
  methods: ["GET"],
  route: "graph/{*path}",
  authLevel: "anonymous",
  handler: (request) => graphMe(request),
});
