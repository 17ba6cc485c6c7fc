import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../local/root.ts";

/** Bundles an app for a host. @param entry From the root of this repository. @param folder Lacks only its `host.json` then. */
export async function bundleApp(entry: string, folder: string): Promise<void> {
  await build({
    entryPoints: [join(ROOT, entry)],
    outfile: join(folder, "main.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["@azure/functions-core"],
    logLevel: "warning",
  });
  await writeFile(join(folder, "package.json"), JSON.stringify({ main: "main.cjs" }));
}
