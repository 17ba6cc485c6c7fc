import { createRequire } from "node:module";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import { readEntryPoints } from "./settings.ts";

/** Runs what `main` names. @throws Error as the real worker puts it */
export async function loadEntryPoints(root: string, main: string | undefined): Promise<void> {
  const require = createRequire(pathToFileURL(`${root}/`));
  const { files, esm } = readEntryPoints(root, main);
  for (const file of files) {
    try {
      if (file.endsWith(".mjs") || (esm && !file.endsWith(".cjs"))) {
        await import(pathToFileURL(file).href);
      } else {
        require(file);
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new Error(`Worker was unable to load entry point "${relative(root, file)}": ${reason}`);
    }
  }
}
