import type { Benchmark, Options } from "../benchmark.ts";
import { graphCall, startHosted } from "../contestants/hosted.ts";
import { measure } from "../lib/load.ts";
import { type Rule, timesOf } from "../lib/profile.ts";
import { inSources } from "../lib/sources.ts";
import {
  GARBAGE,
  profileChart,
  profileInTurn,
  profileTable,
  REST,
  SEALING,
  type Subject,
  WRITING,
} from "../profile/subject.ts";
import { bundleProduct } from "../world/bundles.ts";
import { createCallers } from "../world/callers.ts";
import { startWorld } from "../world/world.ts";

const RULES: readonly Rule[] = [
  GARBAGE,
  WRITING,
  { name: "the host", matches: (_, url) => /^node:_http_server|\/local\/host\//.test(url) },
  {
    name: "Azure's library, and its Request and Response",
    matches: (_, url) =>
      /^node:internal\/(deps\/undici|webstreams)|\/node_modules\/@azure\/functions\//.test(url),
  },
  {
    name: "HTTP client, to the table and to Graph",
    matches: (_, url) => /^node:_http_(client|agent)|^\/src\/shared\/net\//.test(url),
  },
  {
    name: "the table: sign, read",
    matches: (_, url) => /^\/src\/shared\/table\/|\/@(azure|typespec)\//.test(url),
  },
  SEALING,
  { name: "Graph: look up, pass on", matches: (_, url) => url.startsWith("/src/shared/apis/") },
  { name: "cookie, session, checks", matches: (_, url) => url.startsWith("/src/") },
];
const CATEGORIES = [...RULES.map(({ name }) => name), REST];
const HOW = "under the host, 50 at a time";
const TOKENS = [1, 50];

export interface HostedProfileResult {
  readonly subjects: readonly Subject[];
}

async function run({ quick, progress }: Options): Promise<HostedProfileResult> {
  const rounds = quick ? 1 : 7;
  const load = { concurrency: 50, milliseconds: quick ? 1_000 : 3_000 };
  await bundleProduct();
  const world = await startWorld();
  try {
    const metadata = await (await fetch(world.metadataUrl)).text();
    const callers = await createCallers(world, metadata, TOKENS, 32);
    const hosted = await startHosted(world.env);
    const cpu = async () => (await hosted.vitals()).cpu;
    try {
      const calls = TOKENS.map((tokens) => ({
        name: tokens === 1 ? "1 access token" : `${tokens} access tokens`,
        call: graphCall(hosted, callers[tokens]?.map(({ cookie }) => cookie) ?? []),
      }));
      const subjects = await profileInTurn(calls, CATEGORIES, rounds, progress, async (call) => {
        const { result, profile } = await hosted.profiled(() => measure(call, load, cpu));
        return [result, timesOf(inSources(profile), RULES, REST)];
      });
      return { subjects };
    } finally {
      await hosted.stop();
    }
  } finally {
    await world.stop();
  }
}

export const profileHosted: Benchmark<HostedProfileResult> = {
  name: "profile-hosted",
  run,
  tables: ({ subjects }) => [profileTable("profile-hosted", HOW, CATEGORIES, subjects)],
  charts: ({ subjects }) => [profileChart("profile-hosted", HOW, CATEGORIES, subjects)],
};
