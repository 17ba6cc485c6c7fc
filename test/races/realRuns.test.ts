import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Azurite, startAzurite } from "../../local/azurite/azurite.ts";
import { type FaultProxy, startFaultProxy } from "./faultProxy.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { carryOutAll, leftAfterAll, scenariosOf } from "./realRuns.ts";
import { openTable } from "./realTable.ts";

const SEED = 20_260_310;
const BATCH = 12;

let azurite: Azurite;
let proxy: FaultProxy;
let fleets: Fleet[];
beforeAll(async () => {
  azurite = await startAzurite();
  proxy = await startFaultProxy(azurite, SEED);
  await openTable(azurite.connectionString).get("any", "row");
  fleets = [];
});
afterAll(async () => {
  await Promise.all(fleets.map((fleet) => fleet.stop()));
  await proxy?.stop();
  await azurite?.stop();
});

async function violationsOf(first: number, count: number, weakness?: string) {
  const fleet = await startFleet(3, proxy.connectionString, weakness);
  fleets.push(fleet);
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
    expect(await violationsOf(0, 150)).toEqual([]);
    expect(await leftAfterAll(azurite)).toEqual([]);
    for (const [fault, count] of Object.entries(proxy.counts)) {
      if (fault !== "silence") expect({ fault, often: count > 20 }).toEqual({ fault, often: true });
    }
  }, 120_000);

  it("are found out when a sign-out leaves no mark", async () => {
    const violations = await violationsOf(150, 40, "markSwallowed");
    expect(violations.map(({ violation }) => violation.invariant)).toContain("I1");
  }, 60_000);
});
