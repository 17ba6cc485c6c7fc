import { rm } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import { bundleInto } from "../../scripts/library/bundles.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { bytes } from "../lib/format.ts";
import { addedBytes, browserBytes } from "../package/sizes.ts";
import { SCRATCH } from "../world/bundles.ts";

/** Bytes, at most. */
export const PACKAGE_BUDGETS = { added: 300_000, browser: 1_500 } as const;

export interface PackageResult {
  /** Bytes that an app's bundle grows by that has the three SDKs already. */
  readonly added: number;
  /** Bytes of the module for pages, gzipped. */
  readonly browser: number;
}

const NAMES = {
  added: "bundled into an app that has the three SDKs",
  browser: "the module for pages, gzipped",
} as const;
const PARTS = Object.keys(NAMES) as (keyof PackageResult)[];

async function run({ progress }: Options): Promise<PackageResult> {
  progress.expect(1);
  const modules = join(ROOT, SCRATCH, "npm");
  await rm(modules, { recursive: true, force: true });
  await bundleInto(modules);
  const added = await addedBytes("./functions.js", modules);
  progress.step("bundled");
  return { added, browser: await browserBytes(modules) };
}

function tables(result: PackageResult) {
  return [
    {
      id: "package-added",
      title: "What the package adds",
      columns: ["", "size"],
      rows: PARTS.map((part) => [NAMES[part], bytes(result[part])]),
    },
  ];
}

/** A few bytes come with every change: what counts is the budget. */
function regressions(_kept: PackageResult, now: PackageResult): string[] {
  return PARTS.filter((part) => now[part] > PACKAGE_BUDGETS[part]).map(
    (part) =>
      `${NAMES[part]}: ${now[part]} bytes, and the budget is ${PACKAGE_BUDGETS[part]} bytes.`,
  );
}

export const packageSize: Benchmark<PackageResult> = {
  name: "package",
  run,
  tables,
  charts: () => [],
  regressions,
};
