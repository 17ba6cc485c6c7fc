import type { Benchmark, Options } from "../benchmark.ts";
import { createContestant } from "../contestants/calls.ts";
import { barChart } from "../lib/chart.ts";
import { number } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import { measure } from "../lib/load.ts";
import { type Rule, profile as runProfiled } from "../lib/profile.ts";
import { createCallers } from "../world/callers.ts";
import { startWorld } from "../world/world.ts";

const REST = "everything else";
const RULES: readonly Rule[] = [
  { name: "garbage collection", matches: (name) => name === "(garbage collector)" },
  {
    name: "handing bytes to the system",
    matches: (name, url) =>
      url === "" && /^(write\w*String|writeBuffer|writev|writeSync)$/.test(name),
  },
  {
    name: "HTTP client",
    matches: (_, url) => /^node:(_http|net|internal\/deps\/undici|internal\/stream)/.test(url),
  },
  { name: "Table Storage SDK", matches: (_, url) => /node_modules\/@(azure|typespec)\//.test(url) },
  {
    name: "unseal, inflate, parse",
    matches: (_, url) =>
      /src\/shared\/(crypto\/keyring|store\/(accountRow|contentPacking|segments))\.ts$/.test(url),
  },
  { name: "Lightsout, the rest", matches: (_, url) => url.includes("/src/shared/") },
];
const CATEGORIES = [...RULES.map(({ name }) => name), REST];

const SUBJECTS = [
  { name: "the floor", contestant: "floor", tokens: 1 },
  { name: "Lightsout, 1 access token", contestant: "lightsout", tokens: 1 },
  { name: "Lightsout, 50 access tokens", contestant: "lightsout", tokens: 50 },
] as const;

export interface ProfileResult {
  readonly subjects: readonly {
    readonly name: string;
    readonly calls: number;
    /** Milliseconds of one call, by category. */
    readonly times: Readonly<Record<string, number>>;
  }[];
}

async function run({ quick, progress }: Options): Promise<ProfileResult> {
  const rounds = quick ? 1 : 10;
  const load = { concurrency: 1, milliseconds: quick ? 1_000 : 3_000 };
  progress.expect((rounds + 1) * SUBJECTS.length);
  const world = await startWorld();
  try {
    const metadata = await (await fetch(world.metadataUrl)).text();
    const callers = await createCallers(world, metadata, [1, 50], 32);
    const subjects = SUBJECTS.map(({ name, contestant, tokens }) => ({
      name,
      call: createContestant(contestant, world.env, metadata)(callers[tokens] ?? []),
      calls: 0,
      sums: new Map<string, number>(),
    }));
    for (let round = 0; round <= rounds; round++) {
      for (const subject of inTurn(subjects, round)) {
        let calls = 0;
        const times = await runProfiled(
          async () => {
            calls = (await measure(subject.call, load)).calls;
          },
          RULES,
          REST,
        );
        progress.step(subject.name);
        // The first round warms up.
        if (round === 0) continue;
        subject.calls += calls;
        for (const [name, time] of times) {
          subject.sums.set(name, (subject.sums.get(name) ?? 0) + time);
        }
      }
    }
    return {
      subjects: subjects.map(({ name, calls, sums }) => ({
        name,
        calls,
        times: Object.fromEntries(CATEGORIES.map((key) => [key, (sums.get(key) ?? 0) / calls])),
      })),
    };
  } finally {
    await world.stop();
  }
}

function tables({ subjects }: ProfileResult) {
  const sum = (times: Readonly<Record<string, number>>) =>
    Object.values(times).reduce((a, b) => a + b, 0);
  return [
    {
      id: "profile",
      title: "Where the time of the process goes, ms of one call, one at a time",
      columns: ["", ...subjects.map(({ name }) => name)],
      rows: [
        ...CATEGORIES.map((name) => [
          name,
          ...subjects.map(({ times }) => number(times[name] ?? 0)),
        ]),
        ["together", ...subjects.map(({ times }) => number(sum(times)))],
      ],
    },
  ];
}

function charts({ subjects }: ProfileResult) {
  return [
    {
      name: "profile",
      svg: barChart({
        title: "Where the time of one signed-in Graph call goes",
        subtitle: "In the app's process, by a sampling profiler, one call at a time.",
        series: subjects.map(({ name }) => name),
        groups: CATEGORIES.map((name) => ({
          label: name,
          values: subjects.map(({ times }) => times[name] ?? 0),
        })),
        format: (value) => `${number(value)} ms`,
      }),
    },
  ];
}

export const profile: Benchmark<ProfileResult> = { name: "profile", run, tables, charts };
