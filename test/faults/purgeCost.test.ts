import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Azurite, startAzurite } from "../../local/azurite/azurite.ts";
import { purge } from "../../src/shared/store/purge.ts";
import type { Store } from "../../src/shared/store/store.ts";
import { azuriteStore, signInSomebody } from "../support/azuriteStore.ts";
import { readAccountRows } from "../support/table.ts";
import { startTableProxy, type TableProxy } from "../support/tableProxy.ts";

const HOUR = 60 * 60_000;

let azurite: Azurite;
let proxy: TableProxy;
beforeAll(async () => {
  azurite = await startAzurite();
  proxy = await startTableProxy(azurite);
});
afterAll(async () => {
  await azurite?.stop();
  await proxy?.stop();
});

async function signInMany(store: Store, count: number): Promise<void> {
  for (let at = 0; at < count; at += 10) {
    await Promise.all(Array.from({ length: 10 }, () => signInSomebody(store, 12 * HOUR)));
  }
}

describe("the requests of a purge", () => {
  it("grow with what has expired, not with what is stored", async () => {
    const today = azuriteStore(azurite);
    const earlier = azuriteStore(azurite, { now: () => Date.now() - 72 * HOUR });
    const counted = azuriteStore(proxy);
    const toPurge = async (expired: number) => {
      await signInMany(earlier, expired);
      proxy.take();
      expect(await purge(counted)).toMatchObject({ expired, kept: 0 });
      return proxy.take().length;
    };

    await signInMany(today, 10);
    const none = await toPurge(0);
    const ten = await toPurge(10);
    const twenty = await toPurge(20);
    await signInMany(today, 380);
    expect(await toPurge(10)).toBe(ten);
    expect(await readAccountRows(azurite)).toHaveLength(390);

    expect(twenty - ten).toBeLessThanOrEqual(ten - none);
    expect((ten - none) / 10).toBeLessThanOrEqual(7);
  });
});
