import { COMPUTE } from "./cost.ts";
import { PRICES } from "./prices.ts";
import type { Results } from "./results.ts";

/** What a user does in a day. */
const DAY = {
  "sign-in, start": 1,
  "sign-in, callback": 1,
  "Graph call, token at hand": 100,
  "Graph call, token refreshed": 8,
  "front-channel sign-out": 0.5,
} as const;

export const SIGN_INS_A_DAY = DAY["sign-in, callback"];

/** How much more than the day's average the busiest second has. */
const PEAK = 5;
const SECONDS = 24 * 3_600;
const DAYS = 30;
/** Rows in the day's partition of what was used: the state of the sign-in, and its announcement. */
const ROWS_OF_A_SIGN_IN = 2;
/** Requests a second that one storage account takes, and entities a second that one partition takes. */
export const ACCOUNT_LIMIT = 20_000;
export const PARTITION_LIMIT = 2_000;

/** What accounts come to. */
export interface Load {
  /** In the busiest second. */
  readonly requests: number;
  readonly operations: number;
  readonly signIns: number;
  readonly partitionRows: number;
  /** CPU cores that are busy then. */
  readonly cores: number;
  /** Bytes, with one access token each. */
  readonly stored: number;
  /** Dollars a month. */
  readonly storageOperations: number;
  readonly storageSpace: number;
  readonly functions: number;
}

export function loadOf(
  accounts: number,
  { operations, bytes, signedIn }: Pick<Results, "operations" | "bytes" | "signedIn">,
): Load {
  const measured = (step: string) => operations.operations.find((one) => one.step === step);
  /** Of all accounts, in a day. */
  const total = (of: (step: string) => number) =>
    accounts * Object.entries(DAY).reduce((sum, [step, times]) => sum + times * of(step), 0);
  const requests = total(() => 1);
  const storage = total((step) => measured(step)?.requests.length ?? Number.NaN);
  const cpu = total((step) =>
    step === "Graph call, token at hand"
      ? cpuOf(signedIn)
      : (measured(step)?.cpu.median ?? Number.NaN),
  );
  const stored = accounts * (bytes.rows.find(({ tokens }) => tokens === 1)?.total ?? Number.NaN);
  const atPeak = (aDay: number) => (aDay / SECONDS) * PEAK;
  const signIns = atPeak(accounts * SIGN_INS_A_DAY);
  return {
    requests: atPeak(requests),
    operations: atPeak(storage),
    signIns,
    partitionRows: signIns * ROWS_OF_A_SIGN_IN,
    cores: atPeak(cpu) / 1_000,
    stored,
    storageOperations: storage * DAYS * PRICES.operation,
    storageSpace: (stored / 1e9) * PRICES.gigabyteMonth,
    functions: requests * DAYS * (PRICES.execution + COMPUTE),
  };
}

/** Milliseconds of a signed-in Graph call, the local host's own work included. */
export function cpuOf({ cells }: Results["signedIn"]): number {
  const cell = cells.find(
    ({ hosting, tokens, concurrency }) =>
      hosting === "hosted" && tokens === 1 && concurrency === 16,
  );
  return cell?.measured.lightsout.cpu.median ?? Number.NaN;
}
