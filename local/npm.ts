import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Manifest {
  readonly main?: string;
  readonly scripts?: Readonly<Record<string, string>>;
}

/** The app's `package.json`. Empty without one. */
export function readManifest(root: string): Manifest {
  try {
    return JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  } catch {
    return {};
  }
}

/** Runs the app's own `build` script to its end. @throws Error It fails. What it printed says why. */
export async function runBuild(root: string): Promise<void> {
  const child = npmRun(root, "build", {});
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error("The function app does not build.");
}

/** Runs the app's own `watch` script until it is stopped. */
export async function startWatch(root: string): Promise<{ stop(): Promise<void> }> {
  // In a process group of its own, because npm does not end the children of its script.
  const child = npmRun(root, "watch", { detached: true });
  const exited = once(child, "exit");
  const end = () => {
    if (child.exitCode === null && child.signalCode === null) endGroup(child);
  };
  process.once("exit", end);
  return {
    async stop() {
      process.off("exit", end);
      end();
      await exited;
    },
  };
}

function npmRun(root: string, script: string, options: SpawnOptions): ChildProcess {
  const { npm_execpath: npm } = process.env;
  const [file, ...first] = npm ? [process.execPath, npm] : ["npm"];
  const child = spawn(file as string, [...first, "run", "--silent", script], {
    cwd: root,
    // Not the terminal itself: a compiler that has it clears it.
    stdio: ["ignore", "pipe", "pipe"],
    // On Windows npm is a script of the shell.
    shell: !npm && process.platform === "win32",
    ...options,
  });
  child.stdout?.pipe(process.stdout, { end: false });
  child.stderr?.pipe(process.stderr, { end: false });
  return child;
}

function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === "win32") process.kill(pid);
  else process.kill(-pid, "SIGTERM");
}
