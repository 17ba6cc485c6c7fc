import { writeFileSync } from "node:fs";
import type { Reporter, TestResult } from "@jest/reporters";

/** What one test file runs of the sources. */
export interface Covered {
  readonly test: string;
  /** Milliseconds. */
  readonly takes: number;
  /** By file: the ranges that V8 has counted. */
  readonly ranges: Readonly<Record<string, readonly Range[]>>;
}

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}

/** Whether the place was run: the innermost range around it says so. */
export function isCovered({ ranges }: Covered, file: string, at: number): boolean {
  const around = (ranges[file] ?? []).filter((r) => r.startOffset <= at && at < r.endOffset);
  const length = (r: Range) => r.endOffset - r.startOffset;
  return (around.sort((a, b) => length(a) - length(b))[0]?.count ?? 0) > 0;
}

/** For Jest's `reporters`: notes for each test file what it covers. */
export default class CoverageMap implements Pick<Reporter, "onTestResult" | "onRunComplete"> {
  readonly #covered: Covered[] = [];
  readonly #output: string;

  constructor(_: unknown, { output }: { readonly output: string }) {
    this.#output = output;
  }

  onTestResult(_: unknown, { testFilePath, perfStats, v8Coverage = [] }: TestResult): void {
    const files = v8Coverage.map(({ result }) => [
      result.url,
      result.functions.flatMap((one) => one.ranges),
    ]);
    const ranges = Object.fromEntries(files);
    this.#covered.push({ test: testFilePath, takes: perfStats.runtime, ranges });
  }

  onRunComplete(): void {
    writeFileSync(this.#output, JSON.stringify(this.#covered));
  }
}
