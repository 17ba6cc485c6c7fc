import type { Progress } from "./lib/progress.ts";
import type { Table } from "./lib/table.ts";

export interface Options {
  /** Seconds instead of minutes. */
  readonly quick: boolean;
  readonly progress: Progress;
}

export interface Chart {
  /** File name, without its ending. */
  readonly name: string;
  readonly svg: string;
}

export interface Benchmark<Result = never> {
  /** As in `--only`, and the name of its results. */
  readonly name: string;
  run(options: Options): Promise<Result>;
  tables(result: Result): readonly Table[];
  charts(result: Result): readonly Chart[];
}
