import { Refreshes } from "../../src/shared/session/refreshes.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { type Op, perform, type Result } from "./ops.ts";
import { openTable, seededBytes } from "./realTable.ts";
import { plainKeyring, storeOf } from "./scenario.ts";
import { TABLE_WEAKNESSES, type TableWeakness } from "./weaknesses.ts";

/** One app process of several that share the store. Its parent tells it what its users do. */
export type ToWorker =
  | {
      readonly kind: "perform";
      readonly job: number;
      readonly op: Op;
      readonly now: number;
      readonly refs: readonly (readonly [string, HeldSession])[];
      readonly random: string;
    }
  /** The token endpoint answers, or the user comes back. */
  | { readonly kind: "token"; readonly job: number };

export type FromWorker =
  | { readonly kind: "token"; readonly job: number }
  | { readonly kind: "ended"; readonly job: number; readonly result: Result };

function serve(connectionString: string, weakness: TableWeakness | undefined): void {
  const real = openTable(connectionString);
  const table = weakness ? TABLE_WEAKNESSES[weakness](real) : real;
  const waiting = new Map<number, () => void>();
  const refreshes = new Refreshes();

  async function run({ job, op, now, refs, random }: ToWorker & { kind: "perform" }) {
    const token = () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting.set(job, resolve);
      send({ kind: "token", job });
      return promise;
    };
    const store = storeOf(table, plainKeyring, () => now, seededBytes(random));
    const world = { store, refs: new Map(refs), refreshes, token, user: token };
    const result = await perform(op, world, () => {});
    send({ kind: "ended", job, result: result.kind === "error" ? withMessage(result) : result });
  }

  process.on("message", (message: ToWorker) => {
    if (message.kind === "perform") void run(message);
    else waiting.get(message.job)?.();
  });
  process.once("disconnect", () => process.exit());
}

function send(message: FromWorker): void {
  process.send?.(message);
}

/** Errors do not survive the way to another process. */
function withMessage({ error }: Result & { kind: "error" }): Result {
  return { kind: "error", error: error instanceof Error ? error.stack : error };
}

const [connectionString = "", weakness] = process.argv.slice(2);
serve(connectionString, weakness as TableWeakness | undefined);
