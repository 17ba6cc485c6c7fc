import { afterAll, describe, expect, it } from "@jest/globals";
import { type Errand, type Explored, startExplorer } from "./explorer.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Simulation, testHorizon } from "./simulation.ts";

const explorer = startExplorer();
const explored: Explored[] = [];

/** @returns what goes wrong, so that a failing test shows the schedule. */
async function failureOf(errand: Errand): Promise<string | undefined> {
  const one = await explorer.explore(errand);
  explored.push(one);
  return one.failure?.description;
}

afterAll(async () => {
  await explorer.stop();
  const sum = (of: (one: Explored) => number) => explored.reduce((all, one) => all + of(one), 0);
  const schedules = sum((one) => one.schedules).toExponential(1);
  process.stdout.write(
    `Explored ${explored.length} scenarios: ${sum((one) => one.states)} states, ${schedules} schedules.\n`,
  );
});

describe("every schedule of", () => {
  it.each(SCENARIOS.map(({ name }) => name))(
    "%s",
    async (name) => {
      expect(await failureOf({ name })).toBeUndefined();
    },
    180_000,
  );

  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "%s comes to its end where nothing goes wrong",
    async (_, scenario) => {
      const simulation = new Simulation(scenario, { horizon: testHorizon(scenario) });
      let state = await simulation.start();
      for (let [step] = simulation.steps(state).well; step; [step] = simulation.steps(state).well)
        state = await simulation.take(state, step);
      expect(state.places.flatMap((place) => place?.slots)).toEqual([]);
    },
  );

  it("scenarios with names of their own", () => {
    const names = SCENARIOS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe("with the real keyring, every schedule of", () => {
  it.each(["a second browser against sign-out by cookie", "the purge against the front channel"])(
    "%s",
    async (name) => {
      expect(await failureOf({ name, isSealed: true })).toBeUndefined();
    },
  );
});
