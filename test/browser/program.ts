import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";

/** Milliseconds that a program gets to end by itself before it is killed. */
const GRACE = 5_000;

/** A program that runs for a test, with a folder of its own for all it writes. */
export interface Program {
  /** Waits until it has said what `pattern` matches. @throws Error with its output when it ends before */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Ends it and deletes its folder. */
  stop(): Promise<void>;
}

/**
 * Starts it with nothing of this user's desktop: no display, no message bus, no proxy, no settings.
 * @param prepare puts into the folder what the program is to find there, and returns its arguments
 */
export async function startProgram(
  command: string,
  prepare: (home: string) => string[] | Promise<string[]>,
  env: Record<string, string> = {},
): Promise<Program> {
  const home = await mkdtemp(join(tmpdir(), "lightsout-browser-"));
  const child = spawn(command, await prepare(home), {
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own: a driver that ends does not always end its browser.
    detached: true,
  });
  let output = "";
  let isRunning = true;
  const ended = new Promise<void>((resolve) => {
    child.once("close", resolve);
    child.once("error", ({ message }) => {
      output += message;
      resolve();
    });
  }).finally(() => {
    isRunning = false;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  const signal = (name: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // All of them have ended.
    }
  };
  const kill = () => signal("SIGKILL");
  process.once("exit", kill);
  return {
    async says(pattern) {
      await eventually(() => pattern.test(output) || !isRunning);
      const match = pattern.exec(output);
      if (!match) throw new Error(`${command} ended: ${output}`);
      return match;
    },
    async stop() {
      signal("SIGTERM");
      const killer = setTimeout(kill, GRACE);
      await ended;
      clearTimeout(killer);
      process.removeListener("exit", kill);
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
