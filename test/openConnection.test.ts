import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { type Rig, startRig } from "../local/rig.ts";
import { eventually } from "./support/eventually.ts";
import { startTableProxy, type TableProxy } from "./support/tableProxy.ts";

let rig: Rig;
let proxy: TableProxy;
beforeAll(async () => {
  rig = await startRig();
  proxy = await startTableProxy(rig.azurite);
});
afterAll(async () => {
  await rig?.stop();
  await proxy?.stop();
});

const startHost = () => rig.startHost({ env: { TOKEN_CACHE_STORAGE: proxy.connectionString } });

it("asks the table for something before anybody asks the app", async () => {
  await startHost();
  await eventually(() => proxy.take().includes("GET"));
});

it("starts all the same when the table is down", async () => {
  proxy.down = true;
  const host = await startHost();
  await eventually(() => proxy.refused > 0);
  expect((await fetch(`${host.url}/auth/session`)).status).toBe(200);
  proxy.down = false;
  expect((await fetch(`${host.url}/health`)).status).toBe(200);
});
