import { expect, it } from "@jest/globals";
import { soak } from "./soak.ts";
import { WAYS } from "./soakVisits.ts";

it("under faults at table, provider and Graph no sign-out leaves tokens, and no connection stays behind", async () => {
  const { visits, violations, faults, firstThird, lastThird } = await soak(15, 20_261_130);
  expect(violations).toEqual([]);
  expect(new Set(visits.map(({ way }) => way))).toEqual(new Set(WAYS));
  expect(faults).toBeGreaterThan(0);
  expect(lastThird.openFiles).toBeLessThan(3 * firstThird.openFiles);
}, 180_000);
