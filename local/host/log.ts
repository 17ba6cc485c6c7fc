import type { LogCategory, LogLevel } from "./rpc.ts";

export interface LogLine {
  level: LogLevel;
  /** `user`: the app wrote it; `system`: the host or the library did. */
  category: LogCategory;
  functionName?: string;
  invocationId?: string;
  message: string;
}
