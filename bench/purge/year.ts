import { purge } from "../../src/shared/store/purge.ts";
import { storeUser } from "../world/accounts.ts";
import { AUTHORITY, DAY, HOUR, storeInMemory, TENANT } from "../world/memoryStore.ts";
import { msalCache } from "../world/tokens.ts";

const DAYS = 365;
const MIDNIGHT = Date.UTC(2026, 0, 1);
/** Hours of the day at which the user signs in. */
const SIGN_INS = [8, 19];
const LIFETIME = 12 * HOUR;

export interface Year {
  readonly rowsAfterDay: number;
  readonly rowsAfterYear: number;
}

/** Two sign-ins a day of one user, and a purge every hour. Rows are counted at noon. */
export async function rowsOverYear(): Promise<Year> {
  let time = MIDNIGHT;
  const store = storeInMemory(() => time);
  const model = await msalCache(TENANT, AUTHORITY, 1);
  const atNoon: number[] = [];
  for (let day = 0; day <= DAYS; day++) {
    for (let hour = 0; hour < 24; hour++) {
      time = MIDNIGHT + day * DAY + hour * HOUR;
      await purge(store);
      if (SIGN_INS.includes(hour)) await storeUser(store, TENANT, LIFETIME, model, 0);
      if (hour === 12) atNoon.push(store.table.rows.size);
    }
  }
  return { rowsAfterDay: atNoon[1] ?? Number.NaN, rowsAfterYear: atNoon[DAYS] ?? Number.NaN };
}
