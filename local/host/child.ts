import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { programBeside } from "../beside.ts";
import type { FromWorker, FunctionInfo, ToWorker } from "./ipc.ts";
import type { LogLine } from "./log.ts";

/** The app did not start; `stderr` is what it printed. */
export class HostStartError extends Error {
  readonly stderr: string;

  constructor(message: string, stderr: string) {
    super(message);
    this.name = "HostStartError";
    this.stderr = stderr;
  }
}

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export function forkWorker(
  cwd: string,
  env: NodeJS.ProcessEnv,
  program = programBeside(import.meta.url, "worker"),
): ChildProcess {
  return fork(program, [], {
    ...{ cwd, env, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] },
    // In a process group of its own, so that Ctrl-C leaves the order of stopping to the parent.
    detached: true,
  });
}

export function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message);
}

/** Resolves when all its output has arrived, on its streams and over IPC. */
export async function waitForExit(child: ChildProcess): Promise<Exit> {
  const { promise: disconnected, resolve: disconnect } = Promise.withResolvers<void>();
  child.once("disconnect", disconnect);
  const { promise: closed, resolve: close } = Promise.withResolvers<Exit>();
  child.once("close", (code, signal) => close({ code, signal }));
  await disconnected;
  return closed;
}

/** Forwards what the app prints: the lines of stdout as information, those of stderr as errors. */
export function forwardOutput(child: ChildProcess, log: (line: LogLine) => void): void {
  const forward = (stream: ChildProcess["stdout"], level: LogLine["level"]) => {
    if (stream === null) return;
    createInterface({ input: stream }).on("line", (message) =>
      log({ level, category: "user", message }),
    );
  };
  forward(child.stdout, "information");
  forward(child.stderr, "error");
}

/**
 * @param timeout Milliseconds. Then the child is killed.
 * @throws HostStartError It exits instead.
 */
export async function waitUntilReady(
  child: ChildProcess,
  exited: Promise<Exit>,
  timeout: number,
): Promise<FunctionInfo[]> {
  let stderr = "";
  const collect = (chunk: Buffer) => {
    stderr += chunk;
  };
  child.stderr?.on("data", collect);

  let failure: string | undefined;
  const { promise: ready, resolve } = Promise.withResolvers<FunctionInfo[]>();
  child.on("message", (message: FromWorker) => {
    if (message.type === "ready") resolve(message.functions);
    if (message.type === "failed") failure = message.message;
  });
  const timer = setTimeout(() => {
    failure = `The app was not ready within ${timeout} ms`;
    child.kill("SIGKILL");
  }, timeout);
  const gone = exited.then(({ code, signal }) => {
    const message = failure ?? `The app ended while it started (${signal ?? `code ${code}`})`;
    throw new HostStartError(message, stderr);
  });
  try {
    return await Promise.race([ready, gone]);
  } finally {
    child.stderr?.off("data", collect);
    clearTimeout(timer);
  }
}
