import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import { bundleApp } from "../../scripts/bundleApp.ts";

/** Bundles the functions into a folder that a host can run, and that `stop` removes. */
export async function buildFunctions(): Promise<{ root: string; stop(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "lightsout-spa-"));
  const stop = () => rm(root, { recursive: true, force: true });
  try {
    await bundleApp("examples/spa/functions.ts", root);
    await copyFile(join(ROOT, "host.json"), join(root, "host.json"));
    return { root, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
