import type { AuthLevel } from "./functions.ts";
import type { HostKeys } from "./keys.ts";
import type { LogLine } from "./log.ts";

/** What the parent tells the child that hosts the app. */
export type ToWorker =
  | ({ type: "start" } & WorkerOptions)
  /** Load the app, say what it registers, and end. */
  | { type: "list"; root: string }
  | { type: "stop" };

export interface WorkerOptions {
  root: string;
  port: number;
  main: string | undefined;
  keys: HostKeys;
  timers: boolean;
  /** Whether anybody wants its log. */
  isLogged: boolean;
  /** The whole environment of a process that was started before its app was known, as on Flex Consumption. */
  env?: Record<string, string | undefined>;
}

/** What the child tells its parent. */
export type FromWorker =
  /** It has started, and has no app yet. */
  | { type: "waiting" }
  | { type: "ready"; functions: FunctionInfo[] }
  | { type: "failed"; message: string }
  | { type: "log"; line: LogLine }
  | { type: "ran"; runId: string; error: string | undefined };

export interface FunctionInfo {
  name: string;
  kind: "http" | "timer";
  methods?: string[];
  /** With the route prefix, without a leading slash. */
  route?: string;
  authLevel?: AuthLevel;
}

/** Names the run that a request to the admin endpoint asks for, so that its end can be reported. */
export const RUN_ID_HEADER = "x-local-run-id";
