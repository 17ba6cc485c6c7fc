import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { shared } from "../support/shared.ts";
import { startFaultProxy } from "./faultProxy.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { carryOutAll, leftAfterAll, scenariosOf } from "./realRuns.ts";
import { openTable } from "./realTable.ts";

const SEED = 20_260_310;
const BATCH = 12;
const RUNS = 8 * BATCH;

const azurite = shared(startAzurite);
const proxy = shared(() => startFaultProxy(azurite, SEED));
let fleet: Fleet;
/** Its sign-outs leave no tombstones. */
let weak: Fleet;
beforeAll(async () => {
  await openTable(azurite.connectionString).get("any", "row");
  fleet = await startFleet(3, proxy.connectionString);
  weak = await startFleet(3, proxy.connectionString, "tombstoneSwallowed");
});
afterAll(async () => {
  await fleet?.stop();
  await weak?.stop();
});

async function violationsIn(fleet: Fleet, first: number, count: number) {
  const scenarios = scenariosOf(SEED, first + count).slice(first);
  const violations = [];
  for (let at = 0; at < scenarios.length; at += BATCH) {
    const batch = scenarios.slice(at, at + BATCH);
    violations.push(...(await carryOutAll({ azurite, proxy, fleet }, batch, SEED)));
  }
  return violations;
}

describe("three processes and Azurite, with a proxy between them that makes things go wrong", () => {
  it("violate nothing, and leave nothing for ever", async () => {
    expect(await violationsIn(fleet, 0, RUNS)).toEqual([]);
    expect(await leftAfterAll(azurite)).toEqual([]);
    for (const [fault, count] of Object.entries(proxy.counts)) {
      if (fault !== "silence") expect({ fault, often: count > 20 }).toEqual({ fault, often: true });
    }
  }, 300_000);

  it("are found out when a sign-out leaves no tombstone", async () => {
    // Real time decides which requests meet, so it goes on until they have.
    const found: string[] = [];
    for (let first = RUNS; first < 750 && !found.includes("I1"); first += BATCH) {
      const violations = await violationsIn(weak, first, BATCH);
      found.push(...violations.map(({ violation }) => violation.invariant));
    }
    expect(found).toContain("I1");
  }, 300_000);
});
