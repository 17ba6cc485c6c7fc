import { copyFile, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import { bundleApp } from "../../scripts/bundleApp.ts";

/**
 * Bundles the app in test/support/ownApp.
 * @returns A folder to host, which is the caller's to remove.
 */
export async function buildOwnApp(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lightsout-own-app-"));
  await bundleApp("test/support/ownApp/main.ts", folder);
  await copyFile(join(ROOT, "host.json"), join(folder, "host.json"));
  return folder;
}
