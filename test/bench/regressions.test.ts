import { describe, expect, it } from "@jest/globals";
import { bytes } from "../../bench/benchmarks/bytes.ts";
import { operations } from "../../bench/benchmarks/operations.ts";
import { packageSize } from "../../bench/benchmarks/package.ts";
import { purging } from "../../bench/benchmarks/purge.ts";
import { sessions } from "../../bench/benchmarks/sessions.ts";
import { together } from "../../bench/benchmarks/together.ts";
import { load } from "../../bench/lib/results.ts";
import { LARGEST } from "../../bench/sessions/limits.ts";

type Kept<B> = B extends { run(options: never): Promise<infer Result> } ? Result : never;

async function kept<B extends { readonly name: string }>({ name }: B): Promise<Kept<B>> {
  const saved = await load<Kept<B>>(name);
  if (saved === undefined) throw new Error(`There is no result of ${name}.`);
  return saved.result;
}

describe("npm run bench -- --check", () => {
  it("finds nothing in what is kept", async () => {
    const [counted, sized] = [await kept(operations), await kept(bytes)];
    expect(operations.regressions?.(counted, counted)).toEqual([]);
    expect(bytes.regressions?.(sized, sized)).toEqual([]);
  });

  it("names each request that takes more of storage than before", async () => {
    const before = await kept(operations);
    const [first, ...others] = before.operations.map((one) => ({
      ...one,
      requests: [...one.requests, "read"],
      roundTrips: one.roundTrips + 1,
    }));
    if (first === undefined) throw new Error("Nothing is kept.");
    const found = operations.regressions?.(before, { ...before, operations: [first, ...others] });
    expect(found).toHaveLength(2 * before.operations.length);
    expect(found?.[0]).toBe("sign-in, start: 1 requests to storage, and 0 before.");
    expect(operations.regressions?.(before, { ...before, operations: others })).toContain(
      "sign-in, start: it is not measured any more.",
    );
  });

  it("names accounts that take more than two percent more bytes", async () => {
    const before = await kept(bytes);
    const by = (factor: number) => ({
      rows: before.rows.map((row) => ({ ...row, total: row.total * factor })),
    });
    expect(bytes.regressions?.(before, by(1.01))).toEqual([]);
    expect(bytes.regressions?.(before, by(1.03))).toHaveLength(before.rows.length);
    expect(bytes.regressions?.(by(1.03), before)).toEqual([]);
  });

  it("names the budgets that what is counted breaks", async () => {
    const [sizes, purged, refreshed] = [
      await kept(packageSize),
      await kept(purging),
      await kept(together),
    ];
    const twice = {
      ...refreshed,
      rows: refreshed.rows.map((row) => ({ ...row, writes: 2, tokenRequests: 2 })),
    };
    const slow = {
      rate: { ...purged.rate, perSecond: 499, left: 1, requests: purged.rate.requests + 1 },
      year: { rowsAfterDay: 7, rowsAfterYear: 8 },
    };
    expect(packageSize.regressions?.(sizes, sizes)).toEqual([]);
    expect(packageSize.regressions?.(sizes, { added: 300_001, browser: 1_501 })).toHaveLength(2);
    expect(purging.regressions?.(purged, purged)).toEqual([]);
    expect(purging.regressions?.(purged, slow)).toHaveLength(4);
    expect(together.regressions?.(refreshed, refreshed)).toEqual([]);
    expect(together.regressions?.(refreshed, twice)).toHaveLength(2);
  });

  it("names rows that Table Storage would refuse, and sessions that are not kept any more", async () => {
    const before = await kept(sessions);
    const worse = {
      ...before,
      full: before.full.map((full) => ({
        ...full,
        kept: full.kept - 2,
        row: LARGEST.row + 1,
        property: LARGEST.property + 1,
      })),
    };
    expect(sessions.regressions?.(before, before)).toEqual([]);
    expect(sessions.regressions?.(before, worse)).toHaveLength(3 * before.full.length);
  });
});
