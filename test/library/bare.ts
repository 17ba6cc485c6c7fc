import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { root } from "../infra/project.ts";

export interface BareApp {
  /** The app, with the packed package installed and nothing else of this repository in reach. */
  readonly folder: string;
  readonly tarball: string;
  /** Where the package is in it. */
  readonly lightsout: string;
  /** Puts a package of the registry beside it, as this repository has it. */
  install(name: string): void;
}

/** The packed package, in a copy of examples/existing-app in a folder of its own. */
export function installInBareFolder(): BareApp {
  const folder = mkdtempSync(join(tmpdir(), "lightsout-existing-app-"));
  cpSync(join(root, "examples/existing-app"), folder, { recursive: true });
  const run = (file: string, ...args: string[]) =>
    execFileSync(file, args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  run(process.execPath, "scripts/library.ts");
  const packed = run("npm", "pack", "--ignore-scripts", "--pack-destination", folder);
  const tarball = join(folder, packed.trim().split("\n").at(-1) ?? "");

  const install = (name: string) => {
    const place = join(folder, "node_modules", name);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", name), place);
  };
  const lightsout = join(folder, "node_modules/lightsout");
  mkdirSync(lightsout, { recursive: true });
  run("tar", "-xzf", tarball, "-C", lightsout, "--strip-components=1");
  const { dependencies, peerDependencies } = JSON.parse(
    readFileSync(join(lightsout, "package.json"), "utf8"),
  );
  for (const name of Object.keys({ ...dependencies, ...peerDependencies })) install(name);
  return { folder, tarball, lightsout, install };
}
