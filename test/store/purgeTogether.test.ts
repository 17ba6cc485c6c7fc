import { expect, it } from "@jest/globals";
import { startAzurite } from "../../local/azurite/azurite.ts";
import { accountPartition, type IndexKey } from "../../src/shared/rows/keys.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import type { Store } from "../../src/shared/store/store.ts";
import { azuriteStore } from "../support/azuriteStore.ts";
import { shared } from "../support/shared.ts";
import { readTable } from "../support/table.ts";
import { DAY, HOUR, homeOf, memoryStore, NOON, signIn, withTable } from "./samples.ts";

/* A timer may fire on two instances, and an operator may run it besides. */

const TOMORROW = NOON + DAY;
const IN_USE = accountPartition(homeOf("in-use"));

const azurite = shared(startAzurite);

/** What has expired by tomorrow, of every kind, and an account that one of its two sessions still uses. */
async function fill(store: Store): Promise<void> {
  const enter = (name: string | number, sid: string, hours: number) => {
    const who = { homeAccountId: homeOf(name), sid, subject: `${sid}.sub` };
    return signIn(store, { ...who, expiresAt: NOON + hours * HOUR });
  };
  for (let i = 0; i < 4; i++) await enter(i, `sid ${i}`, 8);
  await enter("in-use", "over", 8);
  await enter("in-use", "in use", 48);
  await useOnce(store, "state", NOON);
  await noteEarlySignOut(store, "early" as IndexKey);
}

/** What has to be there afterwards: the account, its head, what leads to its session, and when that expires. */
function expectOnlyInUse(rows: readonly { partitionKey: string; rowKey: string }[]): void {
  const kinds = rows.map(({ partitionKey, rowKey }) =>
    partitionKey === IN_USE ? `account ${rowKey.slice(0, 2)}` : partitionKey.slice(0, 2),
  );
  expect(kinds.sort()).toEqual(["account c.", "account he", "s.", "u.", "x."]);
}

it("a purge that another one overtakes at any moment fails at nothing, and takes nothing more", async () => {
  for (let steps = 0, isOver = false; !isOver; steps++) {
    const store = memoryStore();
    await fill(store);
    store.time = TOMORROW;
    let left = steps;
    isOver = true;
    const overtaken: typeof store.table.remove = async (...row) => {
      if (left-- === 0) {
        isOver = false;
        await purge(store);
      }
      return await store.table.remove(...row);
    };
    const done = await purge(withTable(store, { remove: overtaken }));
    expect(done).toMatchObject({ failed: 0, malformed: 0 });
    expect(store.logged.at(-1)).toBe("purge.done");
    expectOnlyInUse([...store.table.rows.values()]);
  }
});

it("two instances at once leave what one would", async () => {
  await fill(azuriteStore(azurite, { now: () => NOON }));
  const purges = [1, 2].map(() => purge(azuriteStore(azurite, { now: () => TOMORROW })));
  for (const done of await Promise.all(purges)) {
    expect(done).toMatchObject({ failed: 0, malformed: 0 });
  }
  expectOnlyInUse((await readTable(azurite)) as never);
});
