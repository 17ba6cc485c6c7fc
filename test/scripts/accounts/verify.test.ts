import { beforeEach, expect, it } from "@jest/globals";
import { createProgress } from "../../../scripts/accounts/progress.ts";
import { verify } from "../../../scripts/accounts/verify.ts";
import type { Sid } from "../../../src/shared/rows/keys.ts";
import { signOutByFrontChannel } from "../../../src/shared/store/signOut.ts";
import type { Table } from "../../../src/shared/table/table.ts";
import { storeOfEach } from "../../store/samples.ts";
import { signIn } from "./table.ts";

const silent = createProgress({ isTTY: false as never, columns: 80, write: () => true });

const store = storeOfEach();
beforeEach(() => signIn(store));

/** The table, in which something happens while it is read for the nth time. */
function busyTable(happens: (reading: number) => unknown): { table: Table; readings(): number } {
  let reading = 0;
  const table: Table = {
    ...store.table,
    async *list(from, to) {
      reading++;
      let first = true;
      for await (const row of store.table.list<never>(from, to)) {
        yield row;
        if (first) await happens(reading);
        first = false;
      }
    },
  };
  return { table, readings: () => reading };
}

const run = (table: Table) => verify(table, store.keyring, store.now, silent);

it("reads a table that is in order once", async () => {
  const { table, readings } = busyTable(() => {});
  expect(await run(table)).toEqual({ rows: store.table.rows.size, residue: [] });
  expect(readings()).toBe(1);
});

it("reports what is there when it looks again", async () => {
  await store.table.insert({ partitionKey: "notes", rowKey: "mine" });
  const { table, readings } = busyTable(() => {});
  expect(await run(table)).toMatchObject({
    residue: [{ partitionKey: "notes", rowKey: "mine", kind: "malformed" }],
  });
  expect(readings()).toBe(2);
});

it("is not misled by users who sign in and out meanwhile", async () => {
  // Seen with its head, the tokens are gone by the time their sid row is read; and the other way round.
  const { table, readings } = busyTable(async (reading) => {
    if (reading > 1) return;
    const [key = ""] = store.table.rows.keys();
    store.table.rows.delete(key);
    await signOutByFrontChannel(store, "a sid" as Sid);
    await signIn(store, { user: 2, sids: ["another sid"] });
  });
  expect((await run(table)).residue).toEqual([]);
  expect(readings()).toBeLessThanOrEqual(2);
});
