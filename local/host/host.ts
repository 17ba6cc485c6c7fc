import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { freePort } from "../ports.ts";
import { type FromWorker, type FunctionInfo, RUN_ID_HEADER, type ToWorker } from "./ipc.ts";
import { createKeys, type HostKeys } from "./keys.ts";
import type { LogLine } from "./log.ts";
import { readHostJson, readLocalSettings } from "./settings.ts";

export type { FunctionInfo, HostKeys, LogLine };

export interface HostOptions {
  /** Folder with `host.json`, `package.json` and perhaps `local.settings.json`. */
  root: string;
  /** Default 0: one that is free. */
  port?: number;
  /** Variables of the app that win over the environment and over `local.settings.json`. */
  env?: Record<string, string>;
  /** Replaces `main` of `package.json`; relative to `root`. */
  main?: string;
  /** Default: generated. */
  keys?: HostKeys;
  /** Default `false`: timers run on demand only. */
  timers?: boolean;
  /** Every request that presents a key, or any `code` parameter, is answered 500. */
  keyStoreFault?: boolean;
  onLog?: (line: LogLine) => void;
  /** Default 30,000. */
  readyTimeoutMs?: number;
}

export interface FunctionsHost {
  /** `http://localhost:PORT` */
  url: string;
  port: number;
  pid: number;
  keys: HostKeys;
  functions: FunctionInfo[];
  /** Runs a timer function and waits for its end. It rejects with what the function threw. */
  runTimer(name: string): Promise<void>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stop(): Promise<void>;
  /** Kills the process at once: for tests of crashes. */
  kill(): void;
}

/** The app did not start; `stderr` is what it printed. */
export class HostStartError extends Error {
  readonly stderr: string;

  constructor(message: string, stderr: string) {
    super(message);
    this.name = "HostStartError";
    this.stderr = stderr;
  }
}

const DEFAULT_READY_TIMEOUT = 30_000;
/** Milliseconds a stopping host gets before it is killed. */
const STOP_GRACE = 5_000;

/**
 * Runs a function app in a child process that never outlives this one.
 *
 * @throws Error when `host.json` or `local.settings.json` is missing or malformed
 * @throws HostStartError when the app fails to load, or takes too long
 */
export async function startHost(options: HostOptions): Promise<FunctionsHost> {
  const root = resolve(options.root);
  readHostJson(root);
  const port = options.port || (await freePort());
  const env = {
    ...readLocalSettings(root),
    FUNCTIONS_WORKER_RUNTIME: "node",
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    WEBSITE_HOSTNAME: `localhost:${port}`,
    ...process.env,
    ...options.env,
  };
  const child = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), [], {
    cwd: root,
    env,
    execArgv: [],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // In a process group of its own, so that Ctrl-C leaves the order of stopping to the parent.
    detached: true,
  });
  const { keys = createKeys(), main, timers = false, keyStoreFault = false } = options;
  tell(child, { type: "start", root, port, main, keys, timers, keyStoreFault });

  const exited = waitForExit(child);
  const runs = new Map<string, (error: string | undefined) => void>();
  void exited.then(() => {
    for (const settle of runs.values()) settle("The host is gone.");
  });
  const functions = await waitUntilReady(child, exited, runs, options);
  const host = { url: `http://localhost:${port}`, port, pid: child.pid as number, keys, functions };
  return {
    ...host,
    exited,
    runTimer: (name) => runTimer(host, runs, name),
    stop: () => stop(child, exited),
    kill: () => void child.kill("SIGKILL"),
  };
}

function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message);
}

/** Everything it said has arrived by then, on its streams and over IPC. */
async function waitForExit(child: ChildProcess): FunctionsHost["exited"] {
  const { promise: disconnected, resolve: disconnect } = Promise.withResolvers<void>();
  child.once("disconnect", disconnect);
  const { promise, resolve: exit } = Promise.withResolvers<Awaited<FunctionsHost["exited"]>>();
  child.once("close", (code, signal) => exit({ code, signal }));
  await disconnected;
  return promise;
}

async function waitUntilReady(
  child: ChildProcess,
  exited: FunctionsHost["exited"],
  runs: Map<string, (error: string | undefined) => void>,
  { onLog = () => {}, readyTimeoutMs = DEFAULT_READY_TIMEOUT }: HostOptions,
): Promise<FunctionInfo[]> {
  const stderr: string[] = [];
  forwardLines(child.stdout, (message) =>
    onLog({ level: "information", category: "user", message }),
  );
  let failure: string | undefined;
  let starting = true;
  forwardLines(child.stderr, (message) => {
    if (starting) stderr.push(message);
    onLog({ level: "error", category: "user", message });
  });

  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<FunctionInfo[]>();
  child.on("message", (message: FromWorker) => {
    if (message.type === "ready") becomeReady(message.functions);
    else if (message.type === "failed") failure = message.message;
    else if (message.type === "log") onLog(message.line);
    else runs.get(message.runId)?.(message.error);
  });
  const timer = setTimeout(() => {
    failure = `The app was not ready within ${readyTimeoutMs} ms`;
    child.kill("SIGKILL");
  }, readyTimeoutMs);
  try {
    const gone = exited.then(({ code, signal }) => {
      const message = failure ?? `The app ended while it started (${signal ?? `code ${code}`})`;
      throw new HostStartError(message, stderr.join("\n"));
    });
    return await Promise.race([ready, gone]);
  } finally {
    starting = false;
    clearTimeout(timer);
  }
}

function forwardLines(stream: ChildProcess["stdout"], forward: (line: string) => void): void {
  if (stream) createInterface({ input: stream }).on("line", forward);
}

async function runTimer(
  { port, keys, functions }: Pick<FunctionsHost, "port" | "keys" | "functions">,
  runs: Map<string, (error: string | undefined) => void>,
  name: string,
): Promise<void> {
  if (!functions.some((info) => info.name === name && info.kind === "timer")) {
    throw new Error(`There is no timer function "${name}"`);
  }
  const runId = randomUUID();
  const { promise: finished, resolve: finish } = Promise.withResolvers<string | undefined>();
  runs.set(runId, finish);
  try {
    const { status } = await fetch(`http://127.0.0.1:${port}/admin/functions/${name}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-functions-key": keys.master,
        [RUN_ID_HEADER]: runId,
      },
      body: JSON.stringify({ input: "" }),
    });
    if (status !== 202) throw new Error(`The host answered ${status}`);
    const error = await finished;
    if (error !== undefined) throw new Error(error);
  } finally {
    runs.delete(runId);
  }
}

async function stop(child: ChildProcess, exited: FunctionsHost["exited"]): Promise<void> {
  tell(child, { type: "stop" });
  const killer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE);
  await exited;
  clearTimeout(killer);
}
