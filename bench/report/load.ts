import { COMPUTE } from "./cost.ts";
import { PRICES } from "./prices.ts";
import type { Results } from "./results.ts";

/** What a user does in a day. */
const DAY = {
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
  const operationsOf = (step: string) =>
    operations.operations.find((operation) => operation.step === step)?.requests.length ??
    Number.NaN;
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const requests = accounts * sum(Object.values(DAY));
  const storage =
    accounts * sum(Object.entries(DAY).map(([step, times]) => times * operationsOf(step)));
  const stored = accounts * (bytes.rows.find(({ tokens }) => tokens === 1)?.total ?? Number.NaN);
  const atPeak = (aDay: number) => (aDay / SECONDS) * PEAK;
  const signIns = atPeak(accounts * SIGN_INS_A_DAY);
  return {
    requests: atPeak(requests),
    operations: atPeak(storage),
    signIns,
    partitionRows: signIns * ROWS_OF_A_SIGN_IN,
    cores: (atPeak(requests) * cpuOf(signedIn)) / 1_000,
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
