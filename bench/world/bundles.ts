import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ROOT } from "../../local/root.ts";

/** What runs make, relative to the checkout. Not in git. */
export const SCRATCH = ".local/bench";

/** Bundles a function app of the benchmarks as scripts/build.ts does the product. @returns its `main`. */
export async function bundleApp(name: "floor" | "stock"): Promise<string> {
  await mkdir(join(ROOT, SCRATCH), { recursive: true });
  const main = `${SCRATCH}/${name}.cjs`;
  await build({
    entryPoints: [fileURLToPath(new URL(`../hosted/${name}.ts`, import.meta.url))],
    outfile: join(ROOT, main),
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    external: ["@azure/functions-core"],
    logLevel: "warning",
  });
  return main;
}

/** Bundles the process that hosts a function app. @returns its path. */
export async function bundleWorker(): Promise<string> {
  const outfile = join(ROOT, SCRATCH, "worker.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("../coldStart/worker.ts", import.meta.url))],
    outfile,
    bundle: true,
    // package.json knows no side effects outside src.
    ignoreAnnotations: true,
    platform: "node",
    target: "node22",
    format: "esm",
    minify: true,
    logLevel: "warning",
  });
  return outfile;
}

/** Builds dist/main.cjs. */
export async function bundleProduct(): Promise<void> {
  // Building is what importing the script does.
  await import("../../scripts/build.ts");
}
