import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface Folder {
  readonly path: string;
  stop(): Promise<void>;
}

/** A new folder, far from the project, with these files. `stop` removes it. */
export async function newFolder(
  files: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "lightsout-"));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return { path, stop: () => rm(path, { recursive: true, force: true }) };
}
