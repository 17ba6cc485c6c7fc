import type { Server } from "node:http";
import { type AppRegistry, createRegistry, provideCoreModule, runHooks } from "./core.ts";
import { loadEntryPoints } from "./entryPoints.ts";
import {
  type FunctionIndex,
  type HttpFunction,
  indexFunctions,
  isDisabled,
  type TimerFunction,
} from "./functions.ts";
import { createInvoke } from "./invoke.ts";
import type { FromWorker, FunctionInfo, ToWorker, WorkerOptions } from "./ipc.ts";
import type { LogLine } from "./log.ts";
import { listen } from "./server.ts";
import { readHostJson } from "./settings.ts";
import { Timers } from "./timers.ts";

/** Milliseconds that requests in flight have when the host stops. */
const DRAIN = 2_000;

const registry = createRegistry();
let servers: Server[] = [];
let isLogged = true;

// It ends with its parent, as the real worker ends with its host.
process.once("disconnect", () => process.exit());

// As in the real worker: an app cannot keep the process alive with a handler of its own.
process.on("uncaughtException", (error: unknown) => {
  console.error("Worker uncaught exception:", error);
  process.exit(1);
});

process.on("message", (message: ToWorker) => {
  if (message.type === "stop") void stop();
  if (message.type === "list") attempt(list(message.root));
  if (message.type === "start") attempt(start(message));
});

function attempt(started: Promise<void>): void {
  started.catch(({ message }: Error) => {
    report({ type: "failed", message }, () => process.exit(1));
  });
}

report({ type: "waiting" });

async function list(root: string): Promise<void> {
  await loadApp({ root, main: undefined });
  const functions = index(readHostJson(root).routePrefix);
  report({ type: "ready", functions: functions.map(describe) }, () => process.exit(0));
}

async function start(options: WorkerOptions): Promise<void> {
  const { root, port, keys } = options;
  if (options.env) specialize(root, options.env);
  isLogged = options.isLogged;
  // The host knows the settings, and nothing of what the app makes of its environment.
  const env = { ...process.env };
  const { routePrefix, customHeaders, functionTimeout } = readHostJson(root);
  const httpUri = await loadApp(options);

  const functions = index(routePrefix);
  if (functions.length === 0) say("warning", "No job functions found.");

  const invoke = createInvoke(registry, log, functionTimeout);
  const timers = new Timers(invoke);
  servers = await listen(
    {
      ...{ functions, keys, customHeaders, httpUri, env, invoke, log },
      startTimer: (timer, runId) => void runTimer(timers, timer, runId),
    },
    port,
  );
  report({ type: "ready", functions: functions.map(describe) });
  for (const timer of functions) {
    if (timer.kind !== "timer" || isDisabled(timer.name, process.env)) continue;
    if (timer.runOnStartup) void runTimer(timers, timer, undefined);
    if (options.timers) timers.schedule(timer);
  }
}

/** As the real worker's FunctionEnvironmentReloadHandler. */
function specialize(root: string, env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  process.chdir(root);
}

function index(routePrefix: string): FunctionIndex["functions"] {
  const { functions, errors } = indexFunctions(
    registry.functions.values(),
    routePrefix,
    process.env,
  );
  for (const [name, reason] of errors)
    say("error", `The '${name}' function is in error: ${reason}`);
  return functions;
}

/** @returns Where the worker takes requests over HTTP, if it does. */
async function loadApp({
  root,
  main,
}: Pick<WorkerOptions, "root" | "main">): Promise<string | undefined> {
  provideCoreModule(registry, (level, category, message) => log({ level, category, message }));
  try {
    await loadEntryPoints(root, main);
  } catch (error) {
    // As the real worker does. Its host goes on with the functions registered until then.
    say("error", (error as Error).message);
  }
  await runHooks(registry, "appStart", appContext(registry, { functionAppDirectory: root }));
  registry.locked = true;
  return (await registry.programmingModel?.getCapabilities({}))?.HttpUri;
}

async function runTimer(timers: Timers, timer: TimerFunction, runId: string | undefined) {
  let error: string | undefined;
  try {
    await timers.run(timer);
  } catch (cause) {
    error = (cause as Error).message;
  }
  if (runId !== undefined) report({ type: "ran", runId, error });
}

async function stop(): Promise<void> {
  const closed = servers.map((server) => new Promise((resolve) => server.close(resolve)));
  const drained = new Promise((resolve) => setTimeout(resolve, DRAIN));
  await Promise.race([Promise.all(closed), drained]);
  await runHooks(registry, "appTerminate", appContext(registry, {}));
  process.exit(0);
}

const appLevelHookData = {};

function appContext({ appHookData }: AppRegistry, own: object): object {
  return Object.freeze({ hookData: appLevelHookData, appHookData, ...own });
}

function describe(target: HttpFunction | TimerFunction): FunctionInfo {
  const { name, kind } = target;
  if (kind === "timer") return { name, kind };
  const { methods, route, authLevel } = target;
  return { name, kind, ...(methods && { methods }), route: route.replace(/^\/+/, ""), authLevel };
}

function say(level: LogLine["level"], message: string): void {
  log({ level, category: "system", message });
}

function log(line: LogLine): void {
  if (isLogged) report({ type: "log", line });
}

function report(message: FromWorker, sent: () => void = () => {}): void {
  if (process.connected) process.send?.(message, sent);
}
