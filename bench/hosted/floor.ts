import { readFileSync } from "node:fs";
import { app } from "@azure/functions";
import { createFloor, type Place } from "../floor/floor.ts";

/* The floor as a function app. */

const { env } = process;
const call = createFloor(env);
const places: Record<string, Place> = JSON.parse(readFileSync(env.BENCH_CALLERS ?? "", "utf8"));

app.http("graph", {
  methods: ["GET"],
  route: "graph/{*path}",
  authLevel: "anonymous",
  async handler(request) {
    const place = places[request.headers.get("cookie") ?? ""];
    if (!place) return { status: 401 };
    const { status, body } = await call(place);
    return { status, body };
  },
});
