import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import { bundleApp } from "../../scripts/bundleApp.ts";

/** Bundles the app in test/support/ownApp into a folder to host, which `stop` removes. */
export async function buildOwnApp(): Promise<{ root: string; stop(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "lightsout-own-app-"));
  await bundleApp("test/support/ownApp/main.ts", root);
  await copyFile(join(ROOT, "host.json"), join(root, "host.json"));
  return { root, stop: () => rm(root, { recursive: true }) };
}
