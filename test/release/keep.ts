import { copyFileSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";
import { FIXTURES } from "./releases.ts";
import { storedNow, versionNow, write } from "./stored.ts";

/** `npm run keep-release`: keeps what this version stores, and its bundle in place of the last one's. */
const folder = join(ROOT, FIXTURES);
mkdirSync(folder, { recursive: true });
for (const bundle of globSync(join(folder, "release-*.cjs"))) rmSync(bundle);
const name = join(folder, `release-${versionNow()}`);
writeFileSync(`${name}.json`, write(await storedNow()));
copyFileSync(join(ROOT, "dist/main.cjs"), `${name}.cjs`);
