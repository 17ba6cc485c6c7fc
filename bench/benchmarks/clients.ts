import { TableClient } from "@azure/data-tables";
import { TABLE_NAME } from "../../src/shared/table/azureTable.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { createFloor, type Place } from "../floor/floor.ts";
import { byDispatcher, byFetch, byNodeHttp } from "../floor/gets.ts";
import { spread } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import { measure } from "../lib/load.ts";
import { type Summary, summarize } from "../lib/stats.ts";
import { createCallers } from "../world/callers.ts";
import { startWorld, type World } from "../world/world.ts";

type Env = World["env"];

/** A point read and a call to Graph, each way. */
const WAYS: readonly { readonly name: string; readonly open: (env: Env) => Way }[] = [
  { name: "the Table SDK, and `fetch`", open: bySdk },
  { name: "`fetch`", open: (env) => createFloor(env, byFetch()) },
  { name: "`node:http`, connections kept open", open: (env) => createFloor(env, byNodeHttp()) },
  { name: "undici's dispatcher, the floor", open: (env) => createFloor(env, byDispatcher()) },
];

type Way = (place: Place) => Promise<unknown>;

export interface ClientsResult {
  /** Milliseconds of CPU time of both requests. */
  readonly ways: readonly { readonly name: string; readonly cpu: Summary }[];
}

async function run({ quick, progress }: Options): Promise<ClientsResult> {
  const rounds = quick ? 3 : 15;
  const load = { concurrency: 50, milliseconds: quick ? 250 : 1_000 };
  progress.expect((rounds + 1) * WAYS.length);
  const world = await startWorld();
  try {
    const metadata = await (await fetch(world.metadataUrl)).text();
    const { 1: callers = [] } = await createCallers(world, metadata, [1], 32);
    const running = WAYS.map(({ name, open }) => ({
      name,
      way: open(world.env),
      cpu: [] as number[],
    }));
    for (let round = 0; round <= rounds; round++) {
      for (const { name, way, cpu } of inTurn(running, round)) {
        const call = async (number: number) => {
          await way(callers[number % callers.length] as Place);
        };
        const sample = await measure(call, load);
        // The first round warms up.
        if (round > 0) cpu.push(sample.cpu / sample.calls);
        progress.step(name);
      }
    }
    return { ways: running.map(({ name, cpu }) => ({ name, cpu: summarize(cpu) })) };
  } finally {
    await world.stop();
  }
}

function bySdk(env: Env): Way {
  const table = TableClient.fromConnectionString(env.TOKEN_CACHE_STORAGE ?? "", TABLE_NAME, {
    allowInsecureConnection: true,
  });
  return async ({ row, graphToken }) => {
    await table.getEntity(row.partitionKey, row.rowKey);
    const headers = { authorization: `Bearer ${graphToken}` };
    await (await fetch(`${env.GRAPH_BASE_URL}/me`, { headers })).arrayBuffer();
  };
}

export const clients: Benchmark<ClientsResult> = {
  name: "clients",
  run,
  tables: ({ ways }) => [
    {
      id: "clients",
      title: "One point read and one call to Graph, 50 at a time",
      columns: ["", "CPU, ms"],
      rows: ways.map(({ name, cpu }) => [name, spread(cpu)]),
    },
  ],
  charts: () => [],
};
