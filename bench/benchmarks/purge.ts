import type { Benchmark, Options } from "../benchmark.ts";
import { number } from "../lib/format.ts";
import { purgeRate, type Rate } from "../purge/rate.ts";
import { rowsOverYear, type Year } from "../purge/year.ts";

const SIGN_INS = 1_500;
/** Expired sign-ins a second, at least. */
export const PURGE_BUDGET = 500;

export interface PurgeResult {
  readonly rate: Rate;
  readonly year: Year;
}

async function run({ progress }: Options): Promise<PurgeResult> {
  progress.expect(2);
  const rate = await purgeRate(SIGN_INS);
  progress.step("purged");
  const year = await rowsOverYear();
  progress.step("a year");
  return { rate, year };
}

function tables({ rate, year }: PurgeResult) {
  return [
    {
      id: "purge",
      title: "Purge and a year of sign-ins, simulated at 10 ms a storage request",
      columns: ["", "counted"],
      rows: [
        ["expired sign-ins ended a second", number(rate.perSecond)],
        ["storage requests for each", number(rate.requests / rate.signIns)],
        ["storage requests at once, at most", String(rate.mostAtOnce)],
        ["rows of a user after a day of two sign-ins", String(year.rowsAfterDay)],
        ["rows of a user after 365 such days", String(year.rowsAfterYear)],
      ],
    },
  ];
}

function regressions(kept: PurgeResult, { rate, year }: PurgeResult): string[] {
  const found: string[] = [];
  if (rate.perSecond < PURGE_BUDGET) {
    found.push(`${number(rate.perSecond)} sign-ins a second, and the budget is ${PURGE_BUDGET}.`);
  }
  if (rate.left > 0) found.push(`${rate.left} rows are left of what has expired.`);
  if (rate.requests > kept.rate.requests) {
    found.push(`${rate.requests} requests, and ${kept.rate.requests} before.`);
  }
  if (year.rowsAfterYear > year.rowsAfterDay) {
    found.push(`${year.rowsAfterYear} rows after a year, and ${year.rowsAfterDay} after a day.`);
  }
  return found;
}

export const purging: Benchmark<PurgeResult> = {
  name: "purge",
  run,
  tables,
  charts: () => [],
  regressions,
};
