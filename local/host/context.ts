import type { HttpFunction, TimerFunction } from "./functions.ts";
import type { Invoke } from "./invoke.ts";
import type { HostKeys } from "./keys.ts";
import type { LogLine } from "./log.ts";

/** What the host needs to answer a request. */
export interface HostContext {
  functions: (HttpFunction | TimerFunction)[];
  keys: HostKeys;
  customHeaders: Record<string, string>;
  /** Where the worker takes requests over HTTP, with `enableHttpStream`. */
  httpUri: string | undefined;
  /** The app's environment, settings included. */
  env: Record<string, string | undefined>;
  invoke: Invoke;
  /** Starts a timer function and returns at once. */
  startTimer(timer: TimerFunction, runId: string | undefined): void;
  log(line: LogLine): void;
}

/** Logs a warning about a function. */
export function warn({ log }: HostContext, { name }: HttpFunction, message: string): void {
  log({ level: "warning", category: "system", functionName: name, message });
}
