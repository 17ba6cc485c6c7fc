import { TableClient } from "@azure/data-tables";
import { TABLE_NAME } from "../../src/shared/table/azureTable.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { type Caller, createContestant } from "../contestants/calls.ts";
import { createFloor, type Place } from "../floor/floor.ts";
import { byDispatcher, byFetch, byNodeHttp } from "../floor/gets.ts";
import { spread } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import { type Call, measure } from "../lib/load.ts";
import { percentile, type Summary, summarize } from "../lib/stats.ts";
import { createCallers } from "../world/callers.ts";
import { startWorld, type World } from "../world/world.ts";

type Env = World["env"];

type Way = (place: Place) => Promise<unknown>;

/** A point read and a call to Graph, each way. */
const WAYS: readonly { readonly name: string; readonly open: (env: Env) => Way }[] = [
  { name: "the Table SDK, and `fetch`", open: bySdk },
  { name: "`fetch`", open: (env) => createFloor(env, byFetch()) },
  { name: "`node:http`, connections kept open", open: (env) => createFloor(env, byNodeHttp()) },
  { name: "undici's dispatcher, the floor", open: (env) => createFloor(env, byDispatcher()) },
];
/** By number of access tokens: all of a signed-in call, with the same two requests. */
const TOKENS = [1, 50];

export interface ClientsResult {
  /** Milliseconds: CPU time of a call, and its p50. */
  readonly ways: readonly { readonly name: string; readonly cpu: Summary; readonly p50: Summary }[];
}

async function run({ quick, progress }: Options): Promise<ClientsResult> {
  const rounds = quick ? 3 : 15;
  const load = { concurrency: 50, milliseconds: quick ? 250 : 1_000 };
  progress.expect((rounds + 1) * (WAYS.length + TOKENS.length));
  const world = await startWorld();
  try {
    const metadata = await (await fetch(world.metadataUrl)).text();
    const callers = await createCallers(world, metadata, TOKENS, 32);
    const running = callsIn(world.env, metadata, callers).map((one) => ({
      ...one,
      cpu: [] as number[],
      p50: [] as number[],
    }));
    for (let round = 0; round <= rounds; round++) {
      for (const { name, call, cpu, p50 } of inTurn(running, round)) {
        const sample = await measure(call, load);
        // The first round warms up.
        if (round > 0) {
          cpu.push(sample.cpu / sample.calls);
          p50.push(percentile(sample.latencies, 0.5));
        }
        progress.step(name);
      }
    }
    return {
      ways: running.map(({ name, cpu, p50 }) => ({
        name,
        cpu: summarize(cpu),
        p50: summarize(p50),
      })),
    };
  } finally {
    await world.stop();
  }
}

function callsIn(
  env: Env,
  metadata: string,
  callers: Readonly<Record<number, readonly Caller[]>>,
): { readonly name: string; readonly call: Call }[] {
  const [fewest = 1] = TOKENS;
  const places = callers[fewest] ?? [];
  const ways = WAYS.map(({ name, open }) => {
    const way = open(env);
    const call = async (number: number) => {
      await way(places[number % places.length] as Place);
    };
    return { name, call };
  });
  const lightsout = createContestant("lightsout", env, metadata);
  const whole = TOKENS.map((tokens) => ({
    name: `Lightsout's whole call, ${tokens === 1 ? "1 access token" : `${tokens} access tokens`}`,
    call: lightsout(callers[tokens] ?? []),
  }));
  return [...ways, ...whole];
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
      columns: ["", "CPU, ms", "p50, ms"],
      rows: ways.map(({ name, cpu, p50 }) => [name, spread(cpu), spread(p50)]),
    },
  ],
  charts: () => [],
};
