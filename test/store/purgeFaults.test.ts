import { setImmediate } from "node:timers/promises";
import { expect, it } from "@jest/globals";
import { StoreUnavailable } from "../../src/shared/base/errors.ts";
import type { IndexKey } from "../../src/shared/rows/keys.ts";
import { noteEarlySignOut } from "../../src/shared/store/earlySignOuts.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { useOnce } from "../../src/shared/store/replayGuard.ts";
import { TableFault } from "../../src/shared/table/tableFault.ts";
import { slowedTable } from "../support/slowedTable.ts";
import { signInMany as enter, filedIn, isAnyOf } from "./purging.ts";
import { HOUR, keysOf, MIDNIGHT, NOON, storeOfEach, withTable } from "./samples.ts";

const store = storeOfEach();

/** Of yesterday. */
async function signInMany(count: number) {
  await enter(store, count, "sub");
  store.time = MIDNIGHT;
}

it("goes on past accounts that do not answer, which the next one finds", async () => {
  await signInMany(40);
  const isSilent = isAnyOf(3, 30);
  const away = slowedTable(store.table, async (partitionKey) => {
    if (isSilent(partitionKey)) throw new StoreUnavailable();
  });
  expect(await purge(withTable(store, away))).toMatchObject({ expired: 38, failed: 2 });
  expect(store.logged).toEqual(["purge.unfinished"]);
  expect(filedIn(store)).toHaveLength(2);
  expect(await purge(store)).toMatchObject({ expired: 2, failed: 0 });
  expect(keysOf(store)).toEqual([]);
});

it.each([
  ["accounts", /^a\./, 3, 0],
  ["expiry rows", /^x\./, 3, 0],
  // With two announcements of each sign-in.
  ["what was used", /^t\./, 7, 3],
  ["early sign-outs", /^e/, 1, 3],
])(
  "goes on past %s that cannot be removed, counts them, and says what storage said",
  async (_, kind, failed, expired) => {
    await signInMany(3);
    await useOnce(store, "state", NOON);
    await noteEarlySignOut(store, "stranger" as IndexKey);
    store.time += HOUR;
    const said = { operation: "delete", table: "T", host: "h", fix: "Wait." } as const;
    let faults = 0;
    const orFail = (key: string) => {
      if (!kind.test(key)) return;
      const cause = new TableFault({
        ...said,
        code: `fault ${++faults}`,
        status: 500,
        requestId: undefined,
      });
      throw new StoreUnavailable(undefined, { cause });
    };
    const { remove, transact } = store.table;
    const stuck = withTable(store, {
      async remove(...row) {
        orFail(row[0]);
        return await remove(...row);
      },
      async transact(writes) {
        for (const { entity } of writes) orFail(entity.partitionKey);
        return await transact(writes);
      },
    });
    const purged = { expired, kept: 0, failed, malformed: 0 };
    expect(await purge(stuck)).toEqual(purged);
    const details = { ...purged, ms: 0, ...said, code: "fault 1" };
    expect(store.lines).toEqual([["warn", "purge.unfinished", details]]);
    expect(keysOf(store, kind).length).toBeGreaterThan(0);
    expect(await purge(store)).toMatchObject({ failed: 0 });
    expect(keysOf(store)).toEqual([]);
  },
);

it.each([/^a\./, /^x\./])("is ended by an error that is not storage's, about %s", async (kind) => {
  await signInMany(1);
  const broken = slowedTable(store.table, async (partitionKey) => {
    if (kind.test(partitionKey)) throw new TypeError("A fault of ours.");
  });
  await expect(purge(withTable(store, { ...broken, list: store.table.list }))).rejects.toThrow(
    TypeError,
  );
});

it("waits for a hundred that it is through with", async () => {
  await signInMany(100);
  const held = slowedTable(store.table, async (partitionKey) => {
    if (/^x\.\d/.test(partitionKey)) await new Promise(() => {});
  });
  const running = purge(withTable(store, held), 1).then(() => "over");
  expect(await Promise.race([running, setImmediate("under way")])).toBe("under way");
});

it("is through with sign-ins by the hundred, and not only in the end", async () => {
  await signInMany(250);
  await purge(store, 1);
  const begun = store.table.operations.flatMap((operation) => {
    if (operation.startsWith("remove x.")) return ["|"];
    return /^remove a\..*head$/.test(operation) ? ["."] : [];
  });
  expect(begun.join("")).toBe(`${".".repeat(100)}|${".".repeat(100)}|${".".repeat(50)}|`);
});
