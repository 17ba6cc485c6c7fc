import { globSync } from "node:fs";
import { join } from "node:path";
import { type BicepFile, readBicep } from "./bicep.ts";
import { root } from "./project.ts";

/** Every Bicep file, by its path below infra/. */
export const files: ReadonlyMap<string, BicepFile> = new Map(
  globSync("**/*.bicep", { cwd: join(root, "infra") }).map((path) => [path, readBicep(path)]),
);

/** @throws Error There is no such file. */
export function file(path: string): BicepFile {
  const found = files.get(path);
  if (!found) throw new Error(`There is no infra/${path}.`);
  return found;
}
