import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** What no unit test needs: other programs, a browser, and the explorer of schedules, which takes minutes. */
const NOT_NEEDED = [
  "node:child_process",
  "node:worker_threads",
  "playwright-core",
  fileURLToPath(new URL("../races/explore.ts", import.meta.url)),
];

/** For Jest's `--filter`: whether a test is a unit test is told by all that it imports. */
export function unitTests(files: readonly string[]): { filtered: string[] } {
  return { filtered: files.filter(isUnitTest) };
}

// Jest calls `require` for it.
export { unitTests as "module.exports" };

function isUnitTest(file: string): boolean {
  const needed = neededBy(file);
  return !NOT_NEEDED.some((name) => needed.has(name));
}

/** Files by their paths, packages by their names. */
function neededBy(file: string, needed = new Set<string>()): Set<string> {
  if (needed.has(file)) return needed;
  needed.add(file);
  if (!/\.m?[jt]s$/.test(file) || !existsSync(file)) return needed;
  const imports = readFileSync(file, "utf8").matchAll(/\b(?:from|import)[ (]"([^"]+)"/g);
  for (const [, name = ""] of imports)
    neededBy(name.startsWith(".") ? resolve(dirname(file), name) : name, needed);
  return needed;
}
