import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageContents } from "./package/contents.ts";
import { zip } from "./package/zip.ts";

/** Writes the deployable app as a folder, for azd, and as a zip file. */
const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "dist/package");
const archive = join(root, "dist/lightsout.zip");

const contents = packageContents(root);
rmSync(folder, { recursive: true, force: true });
for (const [path, bytes] of Object.entries(contents)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}
const zipped = zip(contents);
writeFileSync(archive, zipped);
console.log(`dist/lightsout.zip: ${Math.ceil(zipped.length / 1_000)} kB`);
