import { globSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT } from "../local/root.ts";
import { SURVIVORS } from "../test/unit/survivors.ts";
import { type Covered, isCovered } from "./mutate/coverage.ts";
import { coverageOf, tryOut } from "./mutate/jest.ts";
import { drawn, type Planned, plannedIn } from "./mutate/planned.ts";

const USAGE = `Plants small faults in the protocol, one at a time, and sees whether a unit test fails.

npm run mutate                        every fault
npm run mutate -- --sample 80         as many, drawn by chance
npm run mutate -- --seed 7            … the same ones again
npm run mutate -- --file <path>       in one file of src/shared; may be given more than once

A fault that no test sees survives. test/unit/survivors.ts lists those that change nothing, and says why. Any other
survivor, or fewer than 90 % killed, ends with status 1.`;
const PROTOCOL = ["store/*.ts", "rows/*.ts", "session/refresh*.ts"];
const KILLED_AT_LEAST = 0.9;

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    file: { ...text, multiple: true, default: [] },
    sample: { ...text, default: "Infinity" },
    seed: { ...text, default: String(Date.now()) },
    help: { type: "boolean", short: "h" },
  },
});
if (values.help) console.log(USAGE);
else await main();

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "mutate-"));
  try {
    const covered = await coverageOf(values.file, folder);
    const protocol = globSync(
      PROTOCOL.map((files) => `src/shared/${files}`),
      { cwd: ROOT },
    );
    const files = values.file.length > 0 ? values.file : protocol;
    const planned = drawn(files.flatMap(plannedIn), Number(values.sample), values.seed);
    console.log(`${planned.length} faults, seed ${values.seed}`);
    await assertSound(planned[0], covered, folder);
    const survivors: Planned[] = [];
    const queue = planned.values();
    const workers = Array.from({ length: availableParallelism() }, async () => {
      for (const one of queue) {
        const outcome = await tryOut(one, testsOf(one, covered), folder);
        if (outcome === "survived") survivors.push(one);
        if (outcome !== "killed") say(outcome, one);
      }
    });
    await Promise.all(workers);
    report(planned, survivors);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Otherwise every fault would count as killed. */
async function assertSound(one: Planned | undefined, covered: readonly Covered[], folder: string) {
  if (one === undefined) throw new Error("There is nothing to plant a fault in.");
  const none = { start: 0, end: 0, replacement: "" };
  const outcome = await tryOut({ ...one, mutant: none }, testsOf(one, covered), folder);
  if (outcome !== "survived") throw new Error("The tests fail where no fault is planted, too.");
}

/** The test of the same name comes first, and then the quick ones. */
function testsOf({ file, mutant }: Planned, covered: readonly Covered[]): Covered[] {
  const name = `${basename(file, ".ts")}.test.ts`;
  const rank = ({ test, takes }: Covered) => (basename(test) === name ? 0 : takes);
  return covered
    .filter((one) => isCovered(one, join(ROOT, file), mutant.start))
    .sort((a, b) => rank(a) - rank(b));
}

function say(outcome: string, { file, line, from, to }: Planned): void {
  console.log(`${outcome}: ${file}:${line}\n  - ${from}\n  + ${to}`);
}

function report(planned: readonly Planned[], survivors: readonly Planned[]): void {
  const unlisted = survivors.filter((one) => !isListed(one));
  const share = 1 - survivors.length / planned.length;
  const killed = `${planned.length - survivors.length} of ${planned.length} killed`;
  console.log(`${killed} (${(share * 100).toFixed(1)} %), ${unlisted.length} survivors unlisted`);
  if (unlisted.length > 0 || share < KILLED_AT_LEAST) process.exitCode = 1;
}

function isListed({ file, from, to }: Planned): boolean {
  return SURVIVORS.some((one) => one.file === file && one.from === from && one.to === to);
}
