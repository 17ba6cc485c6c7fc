import fc from "fast-check";
import type { Failure } from "./explore.ts";
import type { Op, OpOf } from "./ops.ts";
import { DAY, HOUR, NIGHT, type Scenario } from "./scenario.ts";
import { Simulation, type Variant } from "./simulation.ts";
import type { Step } from "./state.ts";

export interface Run {
  readonly scenario: Scenario;
  /** One for each step: which of those that are possible. Shrinks to an ordinary course. */
  readonly choices: readonly Choice[];
}

interface Choice {
  readonly wrong: boolean;
  readonly index: number;
}

export interface Outcome {
  readonly simulation: Simulation;
  readonly taken: readonly Step[];
  readonly failure: Failure | undefined;
}

/** Requests are not limited here: every run comes to an end. */
const HORIZON = 200;
const MAX_STEPS = 600;

/** Carries one run out, and checks the invariants after every step. */
export async function carryOut(
  { scenario, choices }: Run,
  variant: Variant = {},
): Promise<Outcome> {
  const simulation = new Simulation(scenario, { horizon: HORIZON, ...variant });
  const taken: Step[] = [];
  let state = await simulation.start();
  while (taken.length < MAX_STEPS) {
    const { well, wrong } = simulation.steps(state);
    const choice = choices[taken.length];
    const possible = choice?.wrong && wrong.length > 0 ? wrong : well;
    const step = possible[(choice?.index ?? 0) % possible.length];
    if (step === undefined) break;
    taken.push(step);
    const next = await simulation.take(state, step);
    const violation = await simulation.check(next, state.watch);
    if (violation) return { simulation, taken, failure: { violation, schedule: taken } };
    state = next;
  }
  return { simulation, taken, failure: undefined };
}

const account = fc.constantFrom("ada.t", "ada.t", "ada.t", "bob.t");
const sid = fc.constantFrom("1", "2", "3");
const sids = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(sid) },
  { weight: 1, arbitrary: fc.uniqueArray(sid, { minLength: 2, maxLength: 2 }) },
);
const pick = fc.nat({ max: 9 });
/** Minutes, by the provider's clock. */
const issued = fc.nat({ max: 3 });
/** How far a clock is off. Minutes. */
const clock = fc.constantFrom(0, 0, -4, 4);
/** Whether it starts in a browser that had a session with the same `sid`. */
const returns = fc.boolean();

/** An op before it has a name, and before it is known which sign-ins there are. */
const blueprint = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("signIn" as const),
      account,
      sids,
      issued,
      returns,
      clocks: fc.tuple(clock, clock),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("front" as const), sid, clock }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("here" as const), of: pick }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("refresh" as const), of: pick, revoked: fc.boolean() }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("visit" as const), of: pick, revoked: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("idle" as const), of: pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("bind" as const),
      of: pick,
      challenge: fc.nat({ max: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("endSession" as const), of: pick, by: pick }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("admin" as const), account }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("back" as const),
      who: fc.oneof(fc.record({ subject: account }), fc.record({ sid })),
      token: fc.constantFrom("T", "U"),
      issued,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("purge" as const) }) },
);
type Blueprint = typeof blueprint extends fc.Arbitrary<infer T> ? T : never;

/** Over for long, over since an hour ago, or still good. */
const age = fc.constantFrom(DAY, 13 * HOUR, HOUR, HOUR);
const before = fc.array(
  fc.record({ account, sids, age, end: fc.constantFrom(undefined, "here", "front") }),
  {
    minLength: 1,
    maxLength: 3,
  },
);

/** @param actors How many there may be. Each does one or two things. */
export function anyScenario(actors: {
  minLength: number;
  maxLength: number;
}): fc.Arbitrary<Scenario> {
  const ops = fc.array(blueprint, { minLength: 1, maxLength: 2 });
  return fc
    .record({ before, actors: fc.array(ops, actors), faults: fc.nat({ max: 6 }) })
    .map(({ before, actors, faults }) => {
      const past = before.toSorted((a, b) => b.age - a.age);
      let count = 0;
      return {
        name: "a random scenario",
        before: past.flatMap(({ account, sids, age, end }, index) => {
          const holds = { sids, subject: account };
          const ops: Op[] = [{ ...signIn(`${index}`, account, sids), holds }];
          if (end === "here") ops.push({ do: "here", id: `before${index}`, of: `${index}` });
          if (end === "front") ops.push({ do: "front", id: `before${index}`, sid: sids[0] ?? "" });
          return ops.map((op) => ({ at: NIGHT - age, op }));
        }),
        now: NIGHT,
        faults,
        faultyReads: true,
        actors: actors.map((ops) => ops.map((op) => opOf(op, `op${count++}`, before.length))),
      };
    });
}

function opOf(blueprint: Blueprint, id: string, signIns: number): Op {
  switch (blueprint.do) {
    case "signIn":
      return signInOf(id, blueprint);
    case "here":
    case "idle":
      return { do: blueprint.do, id, of: `${blueprint.of % signIns}` };
    case "endSession": {
      const { of, by } = blueprint;
      return { do: "endSession", id, of: `${of % signIns}`, by: `${by % signIns}` };
    }
    case "refresh":
    case "visit":
    case "bind":
      return { ...blueprint, id, of: `${blueprint.of % signIns}` };
    case "back":
      // The same token always says the same.
      return {
        do: "back",
        id,
        ...blueprint.who,
        token: `${blueprint.token}${blueprint.issued}`,
        issued: blueprint.issued,
      };
    default:
      return { ...blueprint, id };
  }
}

/** A whole sign-in: start, stay on the provider's page, callback. */
function signInOf(id: string, blueprint: Blueprint & { readonly do: "signIn" }): Op {
  const { account, sids, issued, clocks, returns } = blueprint;
  const holds = returns ? { holds: { sids, subject: account } } : {};
  const whole = { apart: "briefly", state: id, issued, clocks, ...holds } as const;
  return { ...signIn(id, account, sids), ...whole };
}

function signIn(id: string, account: string, sids: readonly string[]): OpOf<"signIn"> {
  return { do: "signIn", id, account, sids, subject: account };
}

const choice = fc.record({
  wrong: fc.integer({ min: 0, max: 9 }).map((number) => number === 9),
  index: fc.nat({ max: 11 }),
});

export const run: fc.Arbitrary<Run> = fc.record({
  scenario: anyScenario({ minLength: 4, maxLength: 6 }),
  choices: fc.array(choice, { minLength: 0, maxLength: 120, size: "max" }),
});
