import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { ROOT } from "../../local/root.ts";
import { read, type StoredBy } from "./stored.ts";

/** Where what a release stored, and its bundle, are kept: `release-<version>.json` and `.cjs`. */
export const FIXTURES = "test/fixtures";

const kept = (ext: string) => globSync(`${FIXTURES}/release-*${ext}`, { cwd: ROOT });

export function storedByReleases(): StoredBy[] {
  return kept(".json").map((file) => read(readFileSync(join(ROOT, file), "utf8")));
}

/** The bundle of the release before; while none is tagged, the build at hand stands for it. */
export function bundleBefore(): { readonly version: string; readonly main: string } {
  const [main] = kept(".cjs");
  if (main === undefined)
    return { version: "this build, as none is tagged yet", main: "dist/main.cjs" };
  return { version: basename(main, ".cjs").replace("release-", ""), main };
}
