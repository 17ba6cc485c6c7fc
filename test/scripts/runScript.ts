import { execFile } from "node:child_process";
import { chmod, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { root } from "../infra/project.ts";
import { newFolder } from "../support/folder.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command of `scripts`, such as `accounts list`, with nothing in its environment but this. */
export async function runScript(
  command: string | readonly string[],
  env: Record<string, string> = {},
  cwd = root,
): Promise<Ended> {
  const [script, ...args] = typeof command === "string" ? command.split(" ") : command;
  const file = join(root, `scripts/${script}.ts`);
  const options = { cwd, env: { PATH: process.env.PATH ?? "", ...env } };
  return await promisify(execFile)(process.execPath, [file, ...args], options).then(
    (ended) => ({ code: 0, ...ended }),
    (error) => error,
  );
}

export interface AzureCli {
  /** A folder where there is room for more. */
  readonly folder: string;
  /** With no other `az` on it. */
  readonly PATH: string;
  /** What `az` is from now on: the text of a shell script. */
  become(script: string): Promise<void>;
  stop(): Promise<void>;
}

/** Stands for the Azure CLI. */
export async function azureCli(): Promise<AzureCli> {
  const { path: folder, stop } = await newFolder();
  const file = join(folder, "az");
  return {
    folder,
    PATH: [folder, dirname(process.execPath), "/bin", "/usr/bin"].join(delimiter),
    async become(script) {
      await writeFile(file, `#!/bin/sh\n${script}\n`);
      await chmod(file, 0o755);
    },
    stop,
  };
}
