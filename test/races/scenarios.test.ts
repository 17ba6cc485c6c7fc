import { createSecretKey } from "node:crypto";
import { afterAll, describe, expect, it } from "@jest/globals";
import { createKeyring } from "../../src/shared/crypto/keyring.ts";
import { type Exploration, explore } from "./explore.ts";
import { type Scenario, watched } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import { Simulation, type Variant } from "./simulation.ts";
import { describeFailure } from "./trace.ts";

const explored: Exploration[] = [];

/** @returns what goes wrong, so that a failing test shows the schedule. */
async function failureOf(scenario: Scenario, variant?: Variant): Promise<string | undefined> {
  const simulation = new Simulation(scenario, variant);
  const exploration = await explore(simulation);
  explored.push(exploration);
  return exploration.failure && (await describeFailure(simulation, exploration.failure));
}

afterAll(() => {
  const sum = (of: (one: Exploration) => number) => explored.reduce((all, one) => all + of(one), 0);
  const schedules = sum((one) => one.schedules).toExponential(1);
  process.stdout.write(
    `Explored ${explored.length} scenarios: ${sum((one) => one.states)} states, ${schedules} schedules.\n`,
  );
});

describe("every schedule of", () => {
  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "%s",
    async (_, scenario) => {
      expect(await failureOf(scenario)).toBeUndefined();
    },
    60_000,
  );

  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "%s comes to its end where nothing goes wrong",
    async (_, scenario) => {
      const simulation = new Simulation(scenario);
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
  const key = createSecretKey(Buffer.alloc(32, 7));
  // The same answers have to lead to the same requests, so the nonce is always the same.
  const keyring = watched(createKeyring([{ id: "k1", key }], (size) => Buffer.alloc(size, 1)));

  it.each(["a second browser against sign-out by cookie", "the purge against the front channel"])(
    "%s",
    async (name) => {
      const scenario = SCENARIOS.find((one) => one.name === name) as Scenario;
      expect(await failureOf(scenario, { keyring })).toBeUndefined();
    },
  );
});
