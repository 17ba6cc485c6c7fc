import { type Profiler, Session } from "node:inspector/promises";

/** Where a sample is counted: by the innermost frame that a rule knows. */
export interface Rule {
  readonly name: string;
  readonly matches: (functionName: string, url: string) => boolean;
}

export interface Profiled<T> {
  readonly result: T;
  readonly profile: Profiler.Profile;
}

/** Microseconds between samples. */
const INTERVAL = 500;

/** Runs something under V8's sampling profiler. */
export async function profiled<T>(run: () => Promise<T>): Promise<Profiled<T>> {
  const session = new Session();
  session.connect();
  try {
    await session.post("Profiler.enable");
    await session.post("Profiler.setSamplingInterval", { interval: INTERVAL });
    await session.post("Profiler.start");
    const result = await run();
    return { result, profile: (await session.post("Profiler.stop")).profile };
  } finally {
    session.disconnect();
  }
}

/** Milliseconds by rule; what no rule knows under `rest`. */
export function timesOf(
  { nodes, samples = [], timeDeltas = [] }: Profiler.Profile,
  rules: readonly Rule[],
  rest: string,
): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const named = new Map<number, string | undefined>();

  function nameOf(id: number | undefined): string | undefined {
    const frame = id === undefined ? undefined : byId.get(id)?.callFrame;
    if (id === undefined || frame === undefined) return rest;
    // Neither waiting nor the profiler's own work is the subject's.
    if (frame.functionName === "(idle)" || frame.url === "node:inspector") return undefined;
    const rule = rules.find(({ matches }) => matches(frame.functionName, frame.url));
    return rule ? rule.name : nameOf(parents.get(id));
  }

  const times = new Map<string, number>();
  for (const [i, id] of samples.entries()) {
    if (!named.has(id)) named.set(id, nameOf(id));
    const name = named.get(id);
    if (name !== undefined) {
      times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0) / 1_000);
    }
  }
  return times;
}
