import type { Benchmark, Options } from "../benchmark.ts";
import { createContestant } from "../contestants/calls.ts";
import { measure } from "../lib/load.ts";
import { profiled, type Rule, timesOf } from "../lib/profile.ts";
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
import { createCallers } from "../world/callers.ts";
import { startWorld } from "../world/world.ts";

const RULES: readonly Rule[] = [
  GARBAGE,
  WRITING,
  {
    name: "HTTP client",
    matches: (_, url) => /^node:(_http|net|internal\/deps\/undici|internal\/stream)/.test(url),
  },
  {
    name: "Table Storage: sign, read",
    matches: (_, url) => /node_modules\/@(azure|typespec)\/|src\/shared\/table\//.test(url),
  },
  SEALING,
  { name: "Lightsout, the rest", matches: (_, url) => url.includes("/src/shared/") },
];
const CATEGORIES = [...RULES.map(({ name }) => name), REST];
const HOW = "one call at a time";

const SUBJECTS = [
  { name: "the floor", contestant: "floor", tokens: 1 },
  { name: "Lightsout, 1 access token", contestant: "lightsout", tokens: 1 },
  { name: "Lightsout, 50 access tokens", contestant: "lightsout", tokens: 50 },
] as const;

export interface ProfileResult {
  readonly subjects: readonly Subject[];
}

async function run({ quick, progress }: Options): Promise<ProfileResult> {
  const rounds = quick ? 1 : 7;
  const load = { concurrency: 1, milliseconds: quick ? 1_000 : 3_000 };
  const world = await startWorld();
  try {
    const metadata = await (await fetch(world.metadataUrl)).text();
    const callers = await createCallers(world, metadata, [1, 50], 32);
    const calls = SUBJECTS.map(({ name, contestant, tokens }) => ({
      name,
      call: createContestant(contestant, world.env, metadata)(callers[tokens] ?? []),
    }));
    const subjects = await profileInTurn(calls, CATEGORIES, rounds, progress, async (call) => {
      const { result, profile } = await profiled(() => measure(call, load));
      return [result, timesOf(profile, RULES, REST)];
    });
    return { subjects };
  } finally {
    await world.stop();
  }
}

export const profile: Benchmark<ProfileResult> = {
  name: "profile",
  run,
  tables: ({ subjects }) => [profileTable("profile", HOW, CATEGORIES, subjects)],
  charts: ({ subjects }) => [profileChart("profile", HOW, CATEGORIES, subjects)],
};
