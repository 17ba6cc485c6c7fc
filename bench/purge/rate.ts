import { type Purged, purge } from "../../src/shared/store/purge.ts";
import { slowedTable } from "../../test/support/slowedTable.ts";
import { virtualTime } from "../../test/support/virtualTime.ts";
import { storeUser } from "../world/accounts.ts";
import { AUTHORITY, DAY, HOUR, storeInMemory, TENANT } from "../world/memoryStore.ts";
import { cacheOfUser, msalCache } from "../world/tokens.ts";

/** Milliseconds that a request takes. */
const LATENCY = 10;

export interface Rate {
  readonly signIns: number;
  readonly perSecond: number;
  readonly requests: number;
  readonly mostAtOnce: number;
  /** Rows that are still there. */
  readonly left: number;
}

/** One purge of so many expired sign-ins, on a simulated clock: the same figures on every machine. */
export async function purgeRate(signIns: number): Promise<Rate> {
  const time = virtualTime();
  const store = storeInMemory(time.now);
  const model = await msalCache(TENANT, AUTHORITY, 1);
  for (let i = 0; i < signIns; i++) {
    await storeUser(store, TENANT, HOUR, cacheOfUser(model, i), i);
  }
  await time.pass(2 * DAY);

  let requests = 0;
  let underWay = 0;
  let mostAtOnce = 0;
  const slow = slowedTable(store.table, async () => {
    requests++;
    mostAtOnce = Math.max(mostAtOnce, ++underWay);
    await time.sleep(LATENCY);
    underWay--;
  });
  const started = time.now();
  let done: Purged | undefined;
  const purging = purge({ ...store, table: slow }).then((purged) => {
    done = purged;
  });
  while (done === undefined) await time.pass(50);
  await purging;
  return {
    ...{ signIns, requests, mostAtOnce, left: store.table.rows.size },
    perSecond: signIns / ((time.now() - started) / 1_000),
  };
}
