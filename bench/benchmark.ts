import type { Progress } from "./lib/progress.ts";
import type { Table } from "./lib/table.ts";

export interface Options {
  /** Seconds instead of minutes. */
  readonly quick: boolean;
  /** How long a load goes on whose length is for whoever measures to say. */
  readonly minutes?: number | undefined;
  readonly progress: Progress;
}

interface Chart {
  /** File name, without its ending. */
  readonly name: string;
  readonly svg: string;
}

export interface Benchmark<Result = never> {
  /** As in `--only`, and the name of its results. */
  readonly name: string;
  /** It takes so long that it runs only when it is named. */
  readonly onlyNamed?: true;
  run(options: Options): Promise<Result>;
  tables(result: Result): readonly Table[];
  charts(result: Result): readonly Chart[];
  /**
   * Of a benchmark that counts, and so has the same result on every machine: what costs more than it did, one line each.
   * Fewer rounds are enough for it.
   */
  regressions?(kept: Result, now: Result): readonly string[];
}
