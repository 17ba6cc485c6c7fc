import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { benchmarks } from "./benchmarks/all.ts";
import { Progress } from "./lib/progress.ts";
import { environment, load, save } from "./lib/results.ts";
import { textTable } from "./lib/table.ts";
import { writeReport } from "./report.ts";

const longRunning = benchmarks
  .filter(({ onlyNamed }) => onlyNamed)
  .map(({ name }) => name)
  .join(", ");

const HELP = `Usage: npm run bench [-- --only NAME]... [-- --quick]
       npm run bench -- --check
       npm run bench -- --report

Measures Lightsout, keeps the results in bench/results, and writes them into docs/.
  --only NAME   one of ${benchmarks.map(({ name }) => name).join(", ")}; can be repeated.
                Without it, all but ${longRunning}
  --minutes N   how long the load of ${longRunning} goes on; 60 if it is not said
  --quick       seconds instead of minutes, to see that everything works; nothing is kept
  --check       what counts instead of timing: says what costs more than in bench/results, and ends with 1 then
  --report      measures nothing, and writes the results that are there into docs/
  --help        show this
`;

const flag = { type: "boolean", default: false } as const;
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    minutes: { type: "string" },
    quick: flag,
    check: flag,
    report: flag,
    help: flag,
  },
});
const { only, quick, check, report, help } = values;
const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
const named = benchmarks.filter(({ name, onlyNamed }) => (only ? only.includes(name) : !onlyNamed));

const chosen = check ? named.filter(({ regressions }) => regressions) : named;

if (help || named.length < (only?.length ?? 0)) {
  process.stdout.write(HELP);
  process.exitCode = help ? 0 : 1;
} else {
  process.stdout.write(`${environment()}\n`);
  if (!report) for (const benchmark of chosen) await run(benchmark as Benchmark<unknown>);
  if (!quick && !check) {
    await writeReport().catch(({ message }: Error) => {
      process.stdout.write(`The documentation stays as it is. ${message}\n`);
      process.exitCode = report ? 1 : 0;
    });
  }
}

async function run(benchmark: Benchmark<unknown>): Promise<void> {
  const progress = new Progress(benchmark.name);
  const start = performance.now();
  const result = await benchmark.run({ quick: quick || check, minutes, progress });
  const seconds = Math.round((performance.now() - start) / 1_000);
  progress.end(`${seconds} s`);
  for (const table of benchmark.tables(result)) process.stdout.write(`\n${textTable(table)}\n`);
  process.stdout.write("\n");
  if (check) await compare(benchmark, result);
  if (quick || check) return;
  await save(benchmark.name, result, seconds);
}

async function compare<Result>(benchmark: Benchmark<Result>, now: Result): Promise<void> {
  const kept = await load<Result>(benchmark.name);
  const worse = kept
    ? (benchmark.regressions?.(kept.result, now) ?? [])
    : ["There is no kept result to compare with."];
  for (const line of worse) process.stdout.write(`${benchmark.name}: ${line}\n`);
  if (worse.length > 0) process.exitCode = 1;
}
