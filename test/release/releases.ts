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

/** The releases whose bundles are kept: the last one. */
export function bundledReleases(): string[] {
  return kept(".cjs").map((main) => basename(main, ".cjs").replace("release-", ""));
}

/** The bundle of the last release. Before the first, the build at hand stands for it. */
export function bundleBefore(): { readonly version: string; readonly main: string } {
  const [version] = bundledReleases();
  return version === undefined
    ? { version: "this build, as there is no release yet", main: "dist/main.cjs" }
    : { version, main: `${FIXTURES}/release-${version}.cjs` };
}
