import { type ChildProcess, spawn } from "node:child_process";
import { cp, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ROOT } from "../../../local/root.ts";
import { eventually } from "../../support/eventually.ts";
import { type Folder, newFolder } from "../../support/folder.ts";

const PARTS = ["host.json", "package.json", "tsconfig.json", "scripts", "src", "local"];

/** A copy of this checkout, so that starting it touches nobody's `.local` and settings. */
export async function copyCheckout(): Promise<Folder> {
  const folder = await newFolder();
  const copy = (part: string) => join(folder.path, part);
  for (const part of PARTS) await cp(join(ROOT, part), copy(part), { recursive: true });
  await symlink(join(ROOT, "node_modules"), copy("node_modules"));
  return folder;
}

/** What a terminal would show of a started program, and how it ends. */
export class Program {
  readonly child: ChildProcess;
  /** Standard output and standard error, as they came. */
  output = "";
  readonly exited: Promise<number | null>;

  constructor(file: string, args: string[], options: { env?: NodeJS.ProcessEnv; cwd?: string }) {
    const { env, cwd } = options;
    this.child = spawn(process.execPath, [file, ...args], {
      env: { ...process.env, ...env },
      ...(cwd !== undefined && { cwd }),
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
    this.exited = new Promise((resolve) => this.child.once("close", (code) => resolve(code)));
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Resolves once the output has `text`. @throws Error with the output when it ends without */
  async prints(text: string): Promise<void> {
    let ended = false;
    void this.exited.then(() => {
      ended = true;
    });
    await eventually(() => ended || this.output.includes(text));
    if (!this.output.includes(text)) throw new Error(`It ended without "${text}": ${this.output}`);
  }
}
