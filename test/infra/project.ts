import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of package.json. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

export function readText(path: string): string {
  return readFileSync(join(root, path), "utf8");
}

export function readJson<T = Record<string, unknown>>(path: string): T {
  return JSON.parse(readText(path)) as T;
}

export const { scripts } = readJson<{ scripts: Record<string, string> }>("package.json");

/** The names in `npm run NAME` and `npm test`. */
export function npmScripts(text: string): string[] {
  return [...text.matchAll(/npm (?:run ([\w-]+)|(test))/g)].map(
    ([, run, test]) => run ?? test ?? "",
  );
}

/** The names of all events in the log, as the sources write them. */
export function loggedEvents(): Set<string> {
  const event = /(?:\b(?:l|dampedL)og\(\s*"(?:info|warn|error)",\s*|\{ event: )"([a-z_.]+)"/g;
  const paths = globSync(["src/**/*.ts", "scripts/package/start.cjs"], { cwd: root });
  const found = paths.flatMap((path) => [...readText(path).matchAll(event)]);
  return new Set(found.map(([, name = ""]) => name));
}
