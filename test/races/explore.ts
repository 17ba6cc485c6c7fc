import type { Violation } from "./invariants.ts";
import type { Simulation } from "./simulation.ts";
import type { State, Step } from "./state.ts";

export interface Exploration {
  /** Different sequences of steps that lead to an end. */
  readonly schedules: number;
  /** Different states on the way. */
  readonly states: number;
  /** How often each kind of step was taken from some state. */
  readonly steps: Readonly<Record<Step["kind"], number>>;
  readonly failure: Failure | undefined;
  /** Whether it was given up because there were too many states. */
  readonly isCut: boolean;
}

export interface Failure {
  readonly violation: Violation;
  /** What leads to it: as few steps as there can be. */
  readonly schedule: readonly Step[];
}

/** How a state was reached. Kept for every state there was, so it is small. */
interface Path {
  readonly before: Path | undefined;
  readonly step: Step;
}

interface Node {
  readonly state: State;
  readonly path: Path | undefined;
  schedules: number;
}

/**
 * Goes through every schedule of a scenario, breadth first, and stops at the first violation. States that
 * have the same futures are gone on from once, however many schedules lead to them.
 *
 * @param most How many states it may have.
 */
export async function explore(
  simulation: Simulation,
  most = Number.POSITIVE_INFINITY,
): Promise<Exploration> {
  const steps = { answer: 0, silence: 0, copy: 0, land: 0, later: 0 };
  let states = 0;
  let schedules = 0;
  let level = new Map<string, Node>();
  const start = await simulation.start();
  level.set("", { state: start, path: undefined, schedules: 1 });

  while (level.size > 0) {
    if (states > most) return { schedules, states, steps, failure: undefined, isCut: true };
    const next = new Map<string, Node>();
    for (const node of level.values()) {
      states += 1;
      const { well, wrong } = simulation.steps(node.state);
      const possible = [...well, ...wrong];
      if (possible.length === 0) schedules += node.schedules;
      for (const step of possible) {
        steps[step.kind] += 1;
        const state = await simulation.take(node.state, step);
        const key = simulation.keyOf(state);
        const known = next.get(key);
        if (known) {
          known.schedules += node.schedules;
          continue;
        }
        const path: Path = { before: node.path, step };
        next.set(key, { state, path, schedules: node.schedules });
        const violation = await simulation.check(state, node.state.watch);
        if (violation) {
          const failure = { violation, schedule: stepsOf(path) };
          return { schedules, states, steps, failure, isCut: false };
        }
      }
    }
    level = next;
  }
  return { schedules, states, steps, failure: undefined, isCut: false };
}

function stepsOf(path: Path): Step[] {
  const steps: Step[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.before) steps.unshift(at.step);
  return steps;
}
