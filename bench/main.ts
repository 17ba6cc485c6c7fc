import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { benchmarks } from "./benchmarks/all.ts";
import { Progress } from "./lib/progress.ts";
import { environment, save } from "./lib/results.ts";
import { textTable } from "./lib/table.ts";
import { writeReport } from "./report.ts";

const HELP = `Usage: npm run bench [-- --only NAME]... [-- --quick]
       npm run bench -- --report

Measures Lightsout, keeps the results in bench/results, and writes them into docs/.
  --only NAME   one of ${benchmarks.map(({ name }) => name).join(", ")}; can be repeated
  --quick       seconds instead of minutes, to see that everything works; nothing is kept
  --report      measures nothing, and writes the results that are there into docs/
  --help        show this
`;

const flag = { type: "boolean", default: false } as const;
const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true },
    quick: flag,
    report: flag,
    help: flag,
  },
});
const { only, quick, report, help } = values;
const chosen = only ? benchmarks.filter(({ name }) => only.includes(name)) : benchmarks;

if (help || chosen.length < (only?.length ?? 0)) {
  process.stdout.write(HELP);
  process.exitCode = help ? 0 : 1;
} else {
  process.stdout.write(`${environment()}\n`);
  if (!report) for (const benchmark of chosen) await run(benchmark as Benchmark<unknown>);
  if (!quick) {
    await writeReport().catch(({ message }: Error) => {
      process.stdout.write(`The documentation stays as it is. ${message}\n`);
      process.exitCode = report ? 1 : 0;
    });
  }
}

async function run(benchmark: Benchmark<unknown>): Promise<void> {
  const progress = new Progress(benchmark.name);
  const result = await benchmark.run({ quick, progress });
  progress.end();
  for (const table of benchmark.tables(result)) process.stdout.write(`\n${textTable(table)}\n`);
  process.stdout.write("\n");
  if (quick) return;
  await save(benchmark.name, result);
}
