import { chmodSync, copyFileSync } from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { ROOT } from "../../local/root.ts";

/** Dependencies are not bundled, so that their fixes need no release of ours. */
const MODULE: BuildOptions = {
  absWorkingDir: ROOT,
  bundle: true,
  packages: "external",
  platform: "node",
  target: "node22",
  format: "esm",
  logLevel: "warning",
};

/** The package's modules and its command, compiled: Node runs no TypeScript below `node_modules`. */
export async function bundleInto(folder: string): Promise<void> {
  await build({
    ...MODULE,
    outdir: folder,
    // `testing` takes over what `functions` has made: they have their modules in common.
    splitting: true,
    entryPoints: { functions: "src/lightsout.ts", testing: "src/testing.ts" },
  });
  await build({
    ...MODULE,
    outdir: folder,
    entryPoints: { browser: "src/browser/watchSession.ts" },
    platform: "browser",
    target: "es2022",
    minify: true,
  });
  const command = join(folder, "command");
  await build({
    ...MODULE,
    outdir: command,
    splitting: true,
    entryPoints: {
      lightsout: "scripts/lightsout.ts",
      worker: "local/host/worker.ts",
      child: "local/azurite/child.ts",
    },
  });
  chmodSync(join(command, "lightsout.js"), 0o755);
  copyFileSync(join(ROOT, "local/live/live.js"), join(command, "live.js"));
}
