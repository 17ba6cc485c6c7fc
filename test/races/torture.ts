import { parseArgs } from "node:util";
import fc from "fast-check";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { explore } from "./explore.ts";
import { FAULTS, startFaultProxy } from "./faultProxy.ts";
import { startFleet } from "./fleet.ts";
import { createProgress } from "./progress.ts";
import { carryOut, run } from "./random.ts";
import { carryOutAll, leftAfterAll, scenariosOf } from "./realRuns.ts";
import { openTable } from "./realTable.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Simulation } from "./simulation.ts";
import { SEGMENTS, soak } from "./soak.ts";
import { type Visited, WAYS } from "./soakVisits.ts";
import type { Step } from "./state.ts";
import { describeFailure } from "./trace.ts";

/*
 * The long attack on the store protocol: every schedule of the small scenarios, with a fault more than the
 * tests have where that can be gone through; random schedules of large ones; and real processes against
 * Azurite through a proxy that makes things go wrong.
 *
 *   npm run torture -- --runs 2000 --seed 1
 *
 * Or users who come and go under faults for so many seconds, with an eye on what the app's process uses:
 *
 *   npm run torture -- --soak 180 --seed 1
 */

/** Rounds that an actor can go through; the tests are content with fewer requests. */
const HORIZON = 22;
/** States of a scenario that is made harder. What has more is gone through as it is written. */
const MOST_STATES = 400_000;
/** For each real run, so many at random in the model. */
const RANDOM_PER_RUN = 10;
const BATCH = 16;

/** What the app's process may use in the last third of a soak for one in the first. */
const GROWTH = { heap: 1.2, openFiles: 1.3, longestStall: 2 } as const;

const options = {
  runs: { type: "string" },
  seed: { type: "string" },
  soak: { type: "string" },
} as const;
const { values } = parseArgs({ options });
const runs = positive("runs", values.runs ?? "2000");
const seed = positive("seed", values.seed ?? `${Date.now() % 1_000_000_000}`);

const violations: string[] = [];
const summary: [what: string, figure: string][] = [];
const note = (what: string, figure: number | string) =>
  summary.push([what, typeof figure === "number" ? readable(figure) : figure]);

if (values.soak === undefined) {
  await exploreAll();
  await searchAtRandom();
  await runForReal();
} else {
  await soakUnderFaults(positive("soak", values.soak));
}

const width = Math.max(...summary.map(([what]) => what.length));
for (const [what, figure] of summary) console.log(`${what.padEnd(width)}  ${figure}`);
console.log(`${"violations".padEnd(width)}  ${violations.length}`);
for (const violation of violations) console.log(`\n${violation}`);
const what = values.soak === undefined ? `--runs ${runs}` : `--soak ${values.soak}`;
console.log(`\nThe same again: npm run torture -- ${what} --seed ${seed}`);
if (violations.length > 0) process.exitCode = 1;

async function exploreAll(): Promise<void> {
  const progress = createProgress("every schedule of small scenarios", SCENARIOS.length);
  const steps: Record<Step["kind"], number> = { answer: 0, silence: 0, copy: 0, land: 0, later: 0 };
  let schedules = 0;
  let states = 0;
  let withMore = 0;
  for (const scenario of SCENARIOS) {
    const harder = { ...scenario, faults: scenario.faults + 1 };
    let simulation = new Simulation(harder, { horizon: HORIZON });
    let explored = await explore(simulation, MOST_STATES);
    if (explored.isCut) {
      simulation = new Simulation(scenario);
      explored = await explore(simulation);
    } else {
      withMore += 1;
    }
    schedules += explored.schedules;
    states += explored.states;
    for (const kind of Object.keys(steps) as Step["kind"][]) steps[kind] += explored.steps[kind];
    if (explored.failure) violations.push(await describeFailure(simulation, explored.failure));
    progress.advance(1);
  }
  progress.end();
  note("scenarios explored exhaustively", SCENARIOS.length);
  note("  with a fault more than the tests", withMore);
  note("  schedules", schedules.toExponential(1));
  note("  states", states);
  note("  requests left unanswered", steps.silence);
  note("  requests repeated", steps.copy);
  note("  late arrivals", steps.land);
}

async function searchAtRandom(): Promise<void> {
  const numRuns = runs * RANDOM_PER_RUN;
  const progress = createProgress("random schedules of large scenarios", numRuns);
  const steps: Record<Step["kind"], number> = { answer: 0, silence: 0, copy: 0, land: 0, later: 0 };
  const property = fc.asyncProperty(run, async (one) => {
    const { taken, failure } = await carryOut(one);
    for (const { kind } of taken) steps[kind] += 1;
    progress.advance(1);
    if (failure) throw new Error(failure.violation.what);
  });
  const { counterexample } = await fc.check(property, { seed, numRuns });
  progress.end();
  if (counterexample) {
    const { simulation, failure } = await carryOut(counterexample[0]);
    const scenario = JSON.stringify(simulation.scenario);
    violations.push(`${failure ? await describeFailure(simulation, failure) : ""}\n${scenario}`);
  }
  note("random schedules", numRuns);
  note("  requests answered", steps.answer);
  note("  requests left unanswered", steps.silence);
  note("  requests repeated", steps.copy);
  note("  late arrivals", steps.land);
}

async function runForReal(): Promise<void> {
  const progress = createProgress("real processes against Azurite", runs);
  const azurite = await startAzurite();
  const proxy = await startFaultProxy(azurite, seed);
  await openTable(azurite.connectionString).get("any", "row");
  const fleet = await startFleet(3, proxy.connectionString);
  const scenarios = scenariosOf(seed, runs);
  try {
    for (let at = 0; at < runs; at += BATCH) {
      const batch = scenarios.slice(at, at + BATCH);
      for (const { scenario, violation } of await carryOutAll(
        { azurite, proxy, fleet },
        batch,
        seed,
      )) {
        const { invariant, what } = violation;
        violations.push(`${invariant} violated: ${what}\n${JSON.stringify(scenario)}`);
      }
      progress.advance(batch.length);
    }
    const left = await leftAfterAll(azurite);
    if (left.length > 0) violations.push(`The purge leaves ${left.length} rows: ${left[0]} …`);
  } finally {
    await fleet.stop();
    await proxy.stop();
    await azurite.stop();
  }
  progress.end();
  note("runs in three processes against Azurite", runs);
  for (const fault of Object.keys(FAULTS)) note(`  ${words(fault)}`, proxy.counts[fault as never]);
}

async function soakUnderFaults(seconds: number): Promise<void> {
  const progress = createProgress("users under faults", SEGMENTS);
  const soaked = await soak(seconds, seed, () => progress.advance(1));
  progress.end();
  const { visits, faults, firstThird, lastThird } = soaked;
  violations.push(...soaked.violations);
  const sum = (of: (visited: Visited) => number) => visits.reduce((all, one) => all + of(one), 0);
  note("seconds under faults", seconds);
  note("  requests that met one", faults);
  note(
    "  sign-ins",
    sum(({ signedIn }) => Number(signedIn)),
  );
  note(
    "  calls",
    sum(({ calls }) => calls),
  );
  for (const way of WAYS) {
    note(`  sign-outs, ${words(way)}`, visits.filter((visited) => visited.way === way).length);
  }
  note(
    "  503, and done again",
    sum(({ again }) => again),
  );
  for (const name of ["heap", "openFiles", "longestStall"] as const) {
    const growth = lastThird[name] / firstThird[name];
    note(`  ${words(name)}, last third : first`, growth.toFixed(2));
    if (growth > GROWTH[name]) violations.push(`${words(name)} grows: ${growth.toFixed(2)}`);
  }
}

/** @throws TypeError */
function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new TypeError(`--${name} has to be a whole number above 0.`);
}

function words(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

function readable(number: number): string {
  return number.toLocaleString("en-US");
}
