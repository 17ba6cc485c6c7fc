import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export interface NpmChromium {
  executablePath: string;
  /** What the browser's process needs in its environment. */
  env: Record<string, string>;
}

const FOLDER = fileURLToPath(new URL("../../node_modules/.cache/chromium", import.meta.url));
/** Makes the package unpack the shared libraries that a machine without desktop lacks. */
const WITH_LIBRARIES = { AWS_EXECUTION_ENV: "24.x" };
const UNPACK = "await (await import('@sparticuz/chromium')).default.executablePath()";

/** Unpacks the Chromium of `@sparticuz/chromium`, once per installation. Linux x64. */
export async function unpackChromium(): Promise<NpmChromium> {
  if (!existsSync(FOLDER)) await unpackInto(FOLDER);
  return {
    executablePath: join(FOLDER, "chromium"),
    env: {
      LD_LIBRARY_PATH: join(FOLDER, "al2023", "lib"),
      FONTCONFIG_FILE: join(FOLDER, "fonts.conf"),
    },
  };
}

/**
 * The package unpacks into the folder for temporary files and takes a half-written browser there for a
 * whole one. So it gets a folder of its own, which is moved into place when all of it is there.
 */
async function unpackInto(folder: string): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const staging = await mkdtemp(`${folder}-`);
  const env = { ...process.env, ...WITH_LIBRARIES, TMPDIR: staging };
  await promisify(execFile)(process.execPath, ["--input-type=module", "-e", UNPACK], { env });
  await writeFile(join(staging, "fonts.conf"), fontConfiguration(folder));
  try {
    await rename(staging, folder);
  } catch (error) {
    await rm(staging, { recursive: true });
    if (!existsSync(folder)) throw error;
  }
}

function fontConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/fonts-cache</cachedir>
</fontconfig>
`;
}
