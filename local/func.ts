import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** Milliseconds that `func` has to end by itself. */
const STOP_GRACE = 5_000;
/** Milliseconds between two looks at whether it answers. */
const POLL = 200;

interface FuncHost {
  exited: Promise<unknown>;
  stop(): Promise<void>;
}

/**
 * Whether Azure Functions Core Tools host the app. Default: if they are on the PATH.
 * @throws Error They are wanted, and not there.
 */
export function useFunc(wanted: boolean | undefined): boolean {
  const isThere = hasFunc();
  if (wanted && !isThere) {
    throw new Error(
      "`func` is not on the PATH. Install Azure Functions Core Tools 4, or start without --func.",
    );
  }
  return wanted ?? isThere;
}

function hasFunc({ PATH = "" } = process.env): boolean {
  const names = process.platform === "win32" ? ["func.exe", "func.cmd"] : ["func"];
  return PATH.split(delimiter).some((folder) =>
    names.some((name) => isProgram(join(folder, name))),
  );
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Lets Azure Functions Core Tools host the app in the current folder, on the same terminal.
 * @throws Error when they end before they answer
 */
export async function startFunc(options: {
  port: number;
  env: Record<string, string>;
}): Promise<FuncHost> {
  const { port, env } = options;
  const child = spawn("func", ["start", "--port", String(port)], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      FUNCTIONS_WORKER_RUNTIME: "node",
      // Core Tools keep a timer's schedule in blobs, which the table emulator does not have.
      "AzureWebJobs.authPurgeExpired.Disabled": "true",
      ...process.env,
      ...env,
    },
  });
  let ended = false;
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve())).then(() => {
    ended = true;
  });
  await once(child, "spawn");
  while (!(await answers(port))) {
    if (ended) throw new Error("`func` ended before it answered. What it printed says why.");
    await delay(POLL);
  }
  return {
    exited,
    async stop() {
      child.kill("SIGINT");
      const killer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE);
      await exited;
      clearTimeout(killer);
    },
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    await fetch(`http://127.0.0.1:${port}/`, { method: "HEAD" });
    return true;
  } catch {
    return false;
  }
}
