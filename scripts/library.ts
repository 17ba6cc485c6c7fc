import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../local/root.ts";
import { bundleInto } from "./library/bundles.ts";
import { ENTRIES, surfaceOf } from "./library/declarations.ts";

/**
 * Makes what `npm pack` packs, in dist/npm, and writes anew what each module of the package offers, in docs/api: a change
 * of it is seen in review.
 */
const folder = join(ROOT, "dist/npm");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundleInto(folder);
for (const [name, entry] of Object.entries(ENTRIES)) {
  const { declarations, report } = surfaceOf(entry);
  writeFileSync(join(folder, `${name}.d.ts`), declarations);
  writeFileSync(join(ROOT, `docs/api/${name}.api.md`), report);
}
