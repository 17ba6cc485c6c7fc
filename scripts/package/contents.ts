import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Files by their paths below the app's folder. */
export type Contents = Readonly<Record<string, Uint8Array>>;

/** Files of the project, unchanged. Without the source map, which is larger than all others together. */
const COPIED = ["host.json", "dist/main.cjs", "dist/main.cjs.LEGAL.txt"];

/**
 * What the Functions host needs to run the app, and nothing else.
 * @throws Error The app is not built.
 */
export function packageContents(root: string): Contents {
  const files = COPIED.map((path) => [path, readFileSync(join(root, path))]);
  return {
    ...Object.fromEntries(files),
    "dist/start.cjs": readFileSync(new URL("start.cjs", import.meta.url)),
    "package.json": reducedManifest(root),
  };
}

/** Without dependencies, which are all in the bundle, so that nothing is installed. */
function reducedManifest(root: string): Uint8Array {
  const { name, version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const main = "dist/start.cjs";
  return Buffer.from(`${JSON.stringify({ name, version, license, main }, null, 2)}\n`);
}
