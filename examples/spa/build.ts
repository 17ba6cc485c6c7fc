import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Bundles the functions into a folder that a host can run, and that `stop` removes. */
export async function buildFunctions(): Promise<{ root: string; stop(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "lightsout-spa-"));
  const stop = () => rm(root, { recursive: true, force: true });
  try {
    await build({
      entryPoints: [here("functions.ts")],
      outfile: join(root, "main.cjs"),
      bundle: true,
      platform: "node",
      format: "cjs",
      external: ["@azure/functions-core"],
      logLevel: "warning",
    });
    await writeFile(join(root, "package.json"), JSON.stringify({ main: "main.cjs" }));
    await copyFile(here("../../host.json"), join(root, "host.json"));
    return { root, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
