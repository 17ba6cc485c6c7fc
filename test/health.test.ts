import { expect, it } from "@jest/globals";
import { createHealthCheck } from "../src/shared/health.ts";
import { testApp } from "./support/app.ts";

it("asks the table at most every five seconds, however often it is asked itself", async () => {
  const { app, table, advance } = clockedApp();
  const isHealthy = createHealthCheck(app.store);
  const ask = () => Promise.all(Array.from({ length: 50 }, isHealthy));
  const allAre = (healthy: boolean) => Array.from({ length: 50 }, () => healthy);

  expect(await ask()).toEqual(allAre(true));
  expect(table.operations).toHaveLength(1);
  table.down = true;
  advance(4_999);
  expect(await ask()).toEqual(allAre(true));
  expect(table.operations).toHaveLength(1);

  advance(1);
  expect(await ask()).toEqual(allAre(false));
  expect(table.operations).toHaveLength(2);
  table.down = false;
  advance(5_000);
  expect(await ask()).toEqual(allAre(true));
  expect(table.operations).toHaveLength(3);
});

it("only reads", async () => {
  const { app, table } = clockedApp();
  await createHealthCheck(app.store)();
  expect(table.operations).toEqual([expect.stringMatching(/^get /)]);
});

/** Its clock stands still between the steps. */
function clockedApp() {
  let now = Date.now();
  const { app, table } = testApp({}, { now: () => now });
  return {
    app,
    table,
    advance(by: number) {
      now += by;
    },
  };
}
