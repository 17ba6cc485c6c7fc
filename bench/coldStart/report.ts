import { barChart } from "../lib/chart.ts";
import { bytes, number, spread, times } from "../lib/format.ts";
import type { Summary } from "../lib/stats.ts";

/** Milliseconds, and round by round over the unbundled ES modules. */
export interface Times {
  readonly wall: Summary;
  readonly wallToUnbundled: Summary;
  readonly cpu: Summary;
  readonly cpuToUnbundled: Summary;
}

interface Row {
  readonly name: string;
  /** Loading the modules alone. */
  readonly load: Times;
  readonly answers: Readonly<Record<Start, Times>>;
}

export interface ColdStartResult {
  readonly rows: readonly Row[];
  /** What the front channel's first answer makes the table service do, in order. */
  readonly trips: { readonly connections: number; readonly requests: readonly string[] };
  /** Bytes of the package that is deployed, zipped, and of the bundle and what was compiled of it. */
  readonly zipped: number;
  readonly bundle: number;
  readonly compiled: number;
}

const TITLES = {
  "first-answer": "Process start to first answer",
  "first-answer-flex": "The same, in the order of Flex",
  "first-answer-front-channel": "The front channel's first answer, in the order of Flex",
};
/** How an instance starts, and what it is asked first. */
export type Start = keyof typeof TITLES;

export function tables({ rows, trips, zipped, bundle, compiled }: ColdStartResult) {
  const timesTable = (id: string, title: string, of: (row: Row) => Times) => ({
    ...{ id, title },
    columns: ["", "ms", "to unbundled", "CPU, ms", "CPU to unbundled"],
    rows: rows.map((row) => {
      const { wall, wallToUnbundled, cpu, cpuToUnbundled } = of(row);
      return [row.name, spread(wall), times(wallToUnbundled), spread(cpu), times(cpuToUnbundled)];
    }),
  });
  return [
    timesTable("cold-start", "Loading the app's modules", ({ load }) => load),
    ...(Object.keys(TITLES) as Start[]).map((id) =>
      timesTable(id, TITLES[id], ({ answers }) => answers[id]),
    ),
    {
      id: "first-trips",
      title: "What the front channel's first answer waits for at the table",
      columns: ["", "new connections", "requests, one after another"],
      rows: [
        ["front channel, a new instance", String(trips.connections), trips.requests.join(", ")],
      ],
    },
    {
      id: "package",
      title: "What is deployed",
      columns: ["", "size"],
      rows: [
        ["the bundle", bytes(bundle)],
        ["what was compiled of it", bytes(compiled)],
        ["the zipped package", bytes(zipped)],
      ],
    },
  ];
}

export function charts({ rows }: ColdStartResult) {
  return [
    {
      name: "cold-start",
      svg: barChart({
        title: "The front channel's first answer on a new instance",
        subtitle: "CPU time, in the order of Flex Consumption. Less is better.",
        series: ["CPU time"],
        groups: rows.map(({ name, answers }) => ({
          label: name,
          values: [answers["first-answer-front-channel"].cpu.median],
        })),
        format: (value) => `${number(value)} ms`,
      }),
    },
  ];
}
