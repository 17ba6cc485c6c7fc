import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { freePort } from "../ports.ts";
import {
  type Exit,
  forkWorker,
  forwardOutput,
  HostStartError,
  tell,
  waitForExit,
  waitUntilReady,
} from "./child.ts";
import { type FromWorker, type FunctionInfo, RUN_ID_HEADER } from "./ipc.ts";
import { createKeys, type HostKeys } from "./keys.ts";
import type { LogLine } from "./log.ts";
import { readHostJson, readLocalSettings } from "./settings.ts";

export type { FunctionInfo, HostKeys, LogLine };
export { HostStartError };

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
  exited: Promise<Exit>;
  stop(): Promise<void>;
  /** Kills the process at once: for tests of crashes. */
  kill(): void;
}

const DEFAULT_READY_TIMEOUT = 30_000;
/** Milliseconds that a stopping host has before it is killed. */
const STOP_GRACE = 5_000;

/**
 * Runs a function app in a child process that never outlives this one.
 *
 * @throws Error when `host.json` or `local.settings.json` is missing or malformed
 * @throws HostStartError when the app ends while it is loaded, or takes too long. One that cannot be loaded is
 * hosted without functions, as by the real host: the log says why.
 */
export async function startHost(options: HostOptions): Promise<FunctionsHost> {
  const { keys = createKeys(), main, timers = false } = options;
  const { onLog = () => {}, readyTimeoutMs = DEFAULT_READY_TIMEOUT } = options;
  const isLogged = options.onLog !== undefined;
  const root = resolve(options.root);
  readHostJson(root);
  const port = options.port || (await freePort());
  const WEBSITE_HOSTNAME = `localhost:${port}`;
  const child = forkWorker(root, workerEnv(root, { WEBSITE_HOSTNAME }, options.env));
  tell(child, { type: "start", root, port, main, keys, timers, isLogged });

  const exited = waitForExit(child);
  const runs: Runs = new Map();
  forwardOutput(child, onLog);
  child.on("message", (message: FromWorker) => {
    if (message.type === "log") onLog(message.line);
    if (message.type === "ran") runs.get(message.runId)?.(message.error);
  });
  void exited.then(() => {
    for (const finish of runs.values()) finish("The host is gone.");
  });
  const functions = await waitUntilReady(child, exited, readyTimeoutMs);
  const host = { url: `http://localhost:${port}`, port, pid: child.pid as number, keys, functions };
  return {
    ...host,
    exited,
    runTimer: (name) => runTimer(host, runs, name),
    stop: () => stop(child, exited),
    kill: () => void child.kill("SIGKILL"),
  };
}

/**
 * The functions that the app in a folder registers, in the order in which the host asks them. The app is loaded, and
 * serves nobody.
 *
 * @param env As in {@link HostOptions}.
 * @throws Error It cannot be loaded: one line that says why.
 */
export async function listFunctions(
  root: string,
  env: Record<string, string | undefined>,
): Promise<FunctionInfo[]> {
  const child = forkWorker(root, workerEnv(root, {}, env));
  let reason = "It registers no function.";
  child.on("message", (message: FromWorker) => {
    if (message.type === "log" && message.line.level === "error") reason = message.line.message;
  });
  // The child would block on a pipe that nobody reads.
  forwardOutput(child, () => {});
  tell(child, { type: "list", root: resolve(root) });
  const functions = await waitUntilReady(child, waitForExit(child), DEFAULT_READY_TIMEOUT);
  if (functions.length === 0) throw new Error(reason);
  return functions;
}

function workerEnv(
  root: string,
  defaults: Record<string, string>,
  own: Record<string, string | undefined> = {},
): Record<string, string | undefined> {
  return {
    ...readLocalSettings(root),
    FUNCTIONS_WORKER_RUNTIME: "node",
    AZURE_FUNCTIONS_ENVIRONMENT: "Development",
    ...defaults,
    ...process.env,
    ...own,
  };
}

/** Called with the error, if any, of the run that bears the id. */
type Runs = Map<string, (error: string | undefined) => void>;

async function runTimer(
  { port, keys, functions }: Pick<FunctionsHost, "port" | "keys" | "functions">,
  runs: Runs,
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
    }).catch((cause: unknown) => {
      throw new Error("The host is gone.", { cause });
    });
    if (status !== 202) throw new Error(`The host answered ${status}`);
    const error = await finished;
    if (error !== undefined) throw new Error(error);
  } finally {
    runs.delete(runId);
  }
}

async function stop(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  tell(child, { type: "stop" });
  const killer = setTimeout(() => child.kill("SIGKILL"), STOP_GRACE);
  await exited;
  clearTimeout(killer);
}
