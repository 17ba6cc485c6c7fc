import { readFile, writeFile } from "node:fs/promises";
import type { Benchmark } from "./benchmark.ts";
import { benchmarks } from "./benchmarks/all.ts";
import { load, saveChart } from "./lib/results.ts";
import { markdownTable } from "./lib/table.ts";
import { budgets } from "./report/budgets.ts";
import { cost } from "./report/cost.ts";
import { type Duration, durations } from "./report/durations.ts";
import { fill } from "./report/fill.ts";
import { loadResults } from "./report/results.ts";
import { limits, scale } from "./report/scale.ts";
import { summary } from "./report/summary.ts";

const document = (name: string) => new URL(`../docs/${name}`, import.meta.url);

/**
 * Draws the charts of the last runs, and writes their tables into the documentation, between marks: no number there is typed by hand.
 * @throws Error A benchmark has not been run yet.
 */
export async function writeReport(): Promise<void> {
  const { environment, results } = await loadResults();
  const parts: Duration[] = [];
  const texts = new Map([["environment", `Measured on ${environment}.`]]);
  for (const benchmark of benchmarks as readonly Benchmark<unknown>[]) {
    const saved = await load<unknown>(benchmark.name);
    parts.push({ ...benchmark, seconds: saved?.seconds });
    for (const table of benchmark.tables(saved?.result)) texts.set(table.id, markdownTable(table));
    for (const { name, svg } of benchmark.charts(saved?.result)) await saveChart(name, svg);
  }
  for (const table of [summary(results), budgets(results), cost(results), durations(parts)]) {
    texts.set(table.id, markdownTable(table));
  }
  await update("performance.md", texts);
  const onPaper = [scale(results), limits(results)];
  await update("scale.md", new Map(onPaper.map((table) => [table.id, markdownTable(table)])));
}

async function update(name: string, texts: ReadonlyMap<string, string>): Promise<void> {
  const before = await readFile(document(name), "utf8");
  await writeFile(document(name), fill(before, texts));
}
