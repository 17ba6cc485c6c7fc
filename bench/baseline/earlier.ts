import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rename } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../../local/root.ts";

const execute = promisify(execFile);

/** The revision that today's is compared with. */
export const EARLIER = "44e2be2";

/**
 * An earlier revision of this repository, installed from its own lock file and built by its own script, in a folder for
 * temporary files. It is made once.
 */
export async function earlierTree(revision: string): Promise<string> {
  const finished = join(tmpdir(), `lightsout-${revision}`);
  if (existsSync(finished)) return finished;
  const folder = await mkdtemp(`${finished}-`);
  const archive = join(folder, "revision.tar");
  await execute("git", ["archive", "--output", archive, revision], { cwd: ROOT });
  await execute("tar", ["-xf", archive, "-C", folder]);
  await execute("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder });
  await execute(process.execPath, ["scripts/build.ts"], { cwd: folder });
  await rename(folder, finished);
  return finished;
}

/** The commit of this checkout. */
export async function today(): Promise<string> {
  const { stdout } = await execute("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT });
  return stdout.trim();
}
