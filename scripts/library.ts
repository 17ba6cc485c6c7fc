import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../local/root.ts";
import { bundleInto } from "./library/bundles.ts";
import { ENTRIES, surfaceOf } from "./library/declarations.ts";

/** Makes the package for `npm pack` in dist/npm, and the report of what each module offers in dist/api. */
const folder = join(ROOT, "dist/npm");
const reports = join(ROOT, "dist/api");
for (const made of [folder, reports]) {
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
}
await bundleInto(folder);
for (const [name, entry] of Object.entries(ENTRIES)) {
  const { declarations, report } = surfaceOf(entry);
  writeFileSync(join(folder, `${name}.d.ts`), declarations);
  writeFileSync(join(reports, `${name}.api.md`), report);
}
