import { StoreUnavailable } from "../../../src/shared/base/errors.ts";
import { randomId } from "../../../src/shared/base/random.ts";
import { isLoopback, optional } from "../../../src/shared/config/env.ts";
import { faultFields } from "../../../src/shared/table/tableFault.ts";
import { type Check, ok, problem, reasonOf, skipped } from "../check.ts";

const PARTITION = "doctor";

/** Everything that sign-in and sign-out do to the table: a transaction, a read, a conditional write, a deletion. */
export const table: Check = {
  name: "Table",
  async look({ context, env, source }) {
    if (source === undefined) return skipped("not visible from outside");
    if (context === undefined) return skipped("waits for the settings");
    const { settings, store } = context;
    if ("tableServiceUri" in settings.storage && !optional(env, "IDENTITY_ENDPOINT")) {
      return skipped("only the app's identity may open it. Its health says whether it can");
    }
    const { table } = store;
    const rows = [0, 1].map(() => ({ partitionKey: PARTITION, rowKey: randomId(store) }));
    const [{ rowKey } = { rowKey: "" }] = rows;
    try {
      await table.transact(rows.map((entity) => ({ kind: "insert", entity })));
      const started = performance.now();
      const row = await table.get(PARTITION, rowKey);
      const took = Math.ceil(performance.now() - started);
      const { etag, ...entity } = row ?? { partitionKey: PARTITION, rowKey, etag: "" };
      const written = row ? await table.replace(entity, etag) : "lost";
      if (written !== "done") {
        return problem(
          `What is written to the table is not there when it is read (${written}).`,
          "It has to be Table Storage or Cosmos DB for Table, in the region that is written to: no read replica, no cache.",
        );
      }
      return ok(`writable, a read takes ${took} ms`);
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      if (isMissing(error)) {
        return skipped(
          "there is none yet: the app makes it with its first request. If users have signed in, this is not its account",
        );
      }
      if (!isSilent(error)) throw error;
      const { code = reasonOf(error), host = "", fix = "" } = faultFields(error);
      const isEmulator = host !== "" && isLoopback(new URL(`http://${host}`));
      return problem(
        `The table does not answer (${code}).`,
        isEmulator ? "Start the emulator, or check the storage setting." : fix,
      );
    } finally {
      for (const row of rows) await table.remove(PARTITION, row.rowKey).catch(() => {});
    }
  },
};

function isMissing({ message }: StoreUnavailable): boolean {
  return message.startsWith("The storage account has no table");
}

/** Whether storage gave no reason. Otherwise the message has it. */
function isSilent({ message }: StoreUnavailable): boolean {
  return message.startsWith("Table Storage does not answer");
}
