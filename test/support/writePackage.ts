import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Contents } from "../../scripts/package/contents.ts";

/** @returns A new folder, far from the project, with these files. */
export async function writePackage(contents: Contents): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "lightsout-"));
  for (const [path, bytes] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), bytes);
  }
  return folder;
}
