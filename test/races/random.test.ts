import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { carryOut, run } from "./random.ts";
import { describeFailure } from "./trace.ts";

describe("four to six actors, with up to six faults", () => {
  it("in random scenarios and random order violate nothing", async () => {
    const property = fc.asyncProperty(run, async (one) => {
      const { simulation, failure } = await carryOut(one);
      const description = failure && (await describeFailure(simulation, failure));
      expect(description).toBeUndefined();
    });
    await fc.assert(property, { seed: 20_260_310, numRuns: 1_000 });
  }, 180_000);
});
