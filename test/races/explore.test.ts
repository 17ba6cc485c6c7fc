import { describe, expect, it } from "@jest/globals";
import { explore } from "./explore.ts";
import type { Scenario } from "./scenario.ts";
import { SCENARIOS } from "./scenarios.ts";
import { HORIZON, Simulation } from "./simulation.ts";
import type { Step } from "./state.ts";

/** Goes through every schedule one by one, and runs the real code from the start for each. */
async function countOneByOne(scenario: Scenario, horizon: number): Promise<number> {
  const waiting: Step[][] = [[]];
  let count = 0;
  for (let prefix = waiting.pop(); prefix !== undefined; prefix = waiting.pop()) {
    const simulation = new Simulation(scenario, { horizon });
    let state = await simulation.start();
    for (const step of prefix) state = await simulation.take(state, step);
    for (const taken = prefix; ; ) {
      const { well, wrong } = simulation.steps(state);
      const [first, ...others] = [...well, ...wrong];
      if (first === undefined) break;
      for (const step of others) waiting.push([...taken, step]);
      state = await simulation.take(state, first);
      expect(await simulation.check(state, state.watch)).toBeUndefined();
      taken.push(first);
    }
    count += 1;
  }
  return count;
}

describe("the explorer", () => {
  it.each([
    ["a sign-in alone", 1, HORIZON],
    ["a sign-in against the front channel", 0, 4],
    ["two sign-ins of one account", 0, 4],
    ["a refresh against an operator", 0, HORIZON],
    ["leaving of both browsers", 1, HORIZON],
    ["the purge while a request of a short session is still under way", 0, 4],
  ])("merges schedules of %s, and loses none (faults: %i)", async (name, faults, horizon) => {
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (scenario === undefined) throw new Error(`There is no scenario ${name}.`);
    const small = { ...scenario, faults };
    const { schedules, failure } = await explore(new Simulation(small, { horizon }));
    expect(failure).toBeUndefined();
    expect(await countOneByOne(small, horizon)).toBe(schedules);
    expect(schedules).toBeGreaterThan(1);
  });
});
