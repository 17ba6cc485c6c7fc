import { copyFile, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ROOT } from "../../local/root.ts";

/**
 * Bundles the app in test/support/ownApp.
 * @returns A folder to host, which is the caller's to remove.
 */
export async function buildOwnApp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lightsout-own-app-"));
  await build({
    entryPoints: [join(ROOT, "test/support/ownApp/main.ts")],
    outfile: join(folder, "main.cjs"),
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["@azure/functions-core"],
    logLevel: "error",
  });
  await writeFile(join(folder, "package.json"), JSON.stringify({ main: "main.cjs" }));
  await copyFile(join(ROOT, "host.json"), join(folder, "host.json"));
  return folder;
}
