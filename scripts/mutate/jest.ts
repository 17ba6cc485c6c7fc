import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import type { Covered } from "./coverage.ts";
import type { Planned } from "./planned.ts";
import { PLANTED, type Planted } from "./transform.ts";

const path = (name: string) => join(ROOT, name);

/**
 * @param files Tests that need none of them are left out. Empty: none is.
 * @param folder For what Jest keeps.
 * @throws The unit tests fail as they are.
 */
export async function coverageOf(files: readonly string[], folder: string): Promise<Covered[]> {
  const output = join(folder, "covered.json");
  const reporters = { reporters: ["default", [path("scripts/mutate/coverage.ts"), { output }]] };
  const config = configuration(reporters);
  const options = [
    "--config",
    config,
    "--filter",
    path("test/unit/filter.ts"),
    "--coverage",
    "--coverageReporters=none",
  ];
  const related = files.length > 0 ? ["--findRelatedTests", ...files] : [];
  const outcome = await jest([...options, ...related], { stdio: "inherit" });
  if (outcome !== "passed") throw new Error("The unit tests have to pass first.");
  return JSON.parse(readFileSync(output, "utf8"));
}

/** Runs these tests, one after the other, until one fails. */
export async function tryOut(
  { file, mutant }: Planned,
  tests: readonly Covered[],
  folder: string,
): Promise<"survived" | "killed" | "late"> {
  const config = configuration({
    transform: { "/src/shared/.*\\.ts$": path("scripts/mutate/transform.ts") },
    testSequencer: path("scripts/mutate/inOrder.ts"),
    cacheDirectory: join(folder, "cache"),
  });
  const options = ["--config", config, "--runInBand", "--bail", "--silent", "--runTestsByPath"];
  if (tests.length === 0) return "survived";
  const planted: Planted = { file: path(file), mutant };
  const takes = tests.reduce((sum, test) => sum + test.takes, 0);
  const outcome = await jest([...options, ...tests.map(({ test }) => test)], {
    stdio: "ignore",
    timeout: Math.ceil(30_000 + 3 * takes),
    killSignal: "SIGKILL",
    env: { ...process.env, [PLANTED]: JSON.stringify(planted) },
  });
  return outcome === "passed" ? "survived" : outcome === "failed" ? "killed" : "late";
}

/** As in package.json, but for these. */
function configuration(changes: object): string {
  const { jest } = JSON.parse(readFileSync(path("package.json"), "utf8"));
  return JSON.stringify({ ...jest, rootDir: ROOT, coverageThreshold: {}, ...changes });
}

function jest(options: readonly string[], how: Parameters<typeof spawn>[2]) {
  const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];
  const program = [...flags, path("node_modules/jest/bin/jest.js"), ...options];
  const { promise, resolve, reject } = Promise.withResolvers<"passed" | "failed" | "ended">();
  const child = spawn(process.execPath, program, { cwd: ROOT, ...how });
  child.once("error", reject);
  child.once("exit", (code) => resolve(code === null ? "ended" : code === 0 ? "passed" : "failed"));
  return promise;
}
