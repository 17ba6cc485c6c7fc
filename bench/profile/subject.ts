import { barChart } from "../lib/chart.ts";
import { number } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import type { Call, Sample } from "../lib/load.ts";
import type { Rule } from "../lib/profile.ts";
import type { Progress } from "../lib/progress.ts";

/** What was profiled, and where its time went. */
export interface Subject {
  readonly name: string;
  readonly calls: number;
  /** Milliseconds of CPU time of one call, by category. */
  readonly times: Readonly<Record<string, number>>;
}

export const REST = "everything else";

export const GARBAGE: Rule = {
  name: "garbage collection",
  matches: (name) => name === "(garbage collector)",
};
export const WRITING: Rule = {
  name: "handing bytes to the system",
  matches: (name, url) =>
    url === "" && /^(write\w*String|writeBuffer|writev|writeSync)$/.test(name),
};
export const SEALING: Rule = {
  name: "unseal, inflate, parse",
  matches: (_, url) =>
    /src\/shared\/(crypto\/\w+|store\/(accountRow|contentPacking|segments))\.ts$/.test(url),
};

const totalOf = ({ times }: Subject) => Object.values(times).reduce((a, b) => a + b, 0);

export function profileTable(
  id: string,
  how: string,
  categories: readonly string[],
  subjects: readonly Subject[],
) {
  return {
    id,
    title: `Where the CPU time of the process goes, ms of one call, ${how}`,
    columns: ["", ...subjects.map(({ name }) => name)],
    rows: [
      ...categories.map((name) => [name, ...subjects.map(({ times }) => number(times[name] ?? 0))]),
      ["together", ...subjects.map((subject) => number(totalOf(subject)))],
    ],
  };
}

export function profileChart(
  name: string,
  how: string,
  categories: readonly string[],
  subjects: readonly Subject[],
) {
  return {
    name,
    svg: barChart({
      title: "Where the CPU time of one signed-in Graph call goes",
      subtitle: `In the app's process, by a sampling profiler, ${how}.`,
      series: subjects.map(({ name }) => name),
      groups: categories.map((label) => ({
        label,
        values: subjects.map(({ times }) => times[label] ?? 0),
      })),
      format: (value) => `${number(value)} ms`,
    }),
  };
}

/**
 * Profiles each in turn, round by round. The first round warms up.
 * @param take Profiles one round of calls, and says what of it fell into which category.
 */
export async function profileInTurn(
  calls: readonly { readonly name: string; readonly call: Call }[],
  categories: readonly string[],
  rounds: number,
  progress: Progress,
  take: (call: Call) => Promise<readonly [Sample, ReadonlyMap<string, number>]>,
): Promise<Subject[]> {
  const running = calls.map((one) => ({ ...one, sum: new Sum() }));
  progress.expect((rounds + 1) * running.length);
  for (let round = 0; round <= rounds; round++) {
    for (const { name, call, sum } of inTurn(running, round)) {
      const [sample, times] = await take(call);
      progress.step(name);
      if (round > 0) sum.add(sample, times);
    }
  }
  return running.map(({ name, sum }) => sum.subject(name, categories));
}

/** Adds up the rounds of one subject. */
class Sum {
  #calls = 0;
  readonly #times = new Map<string, number>();

  /** @param times What the profiler saw, waiting for a core too: only their shares count, of the CPU time. */
  add({ calls, cpu }: Pick<Sample, "calls" | "cpu">, times: ReadonlyMap<string, number>): void {
    const all = [...times.values()].reduce((a, b) => a + b, 0);
    this.#calls += calls;
    for (const [name, time] of times) {
      this.#times.set(name, (this.#times.get(name) ?? 0) + (time / all) * cpu);
    }
  }

  subject(name: string, categories: readonly string[]): Subject {
    const calls = this.#calls;
    const ofOne = (category: string) => (this.#times.get(category) ?? 0) / calls;
    const times = Object.fromEntries(categories.map((category) => [category, ofOne(category)]));
    return { name, calls, times };
  }
}
