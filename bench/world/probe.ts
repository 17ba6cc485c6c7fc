import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Profiled, profiled } from "../lib/profile.ts";

/*
 * Loaded into a Functions host by `--import`: answers what the process has used so far, on a port of its own.
 */

export interface Vitals {
  /** Milliseconds of CPU time since the start. */
  readonly cpu: number;
  /** Bytes. With `?gc`, after a full collection. */
  readonly heapUsed: number;
  readonly rss: number;
  /** Sockets, nearly all of them. */
  readonly openFiles: number;
  /** The longest the event loop was held up since the last `?reset`, in milliseconds. */
  readonly longestStall: number;
}

const RESOLUTION = 5;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION });
delay.enable();
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

let endProfile = () => {};
let profiling: Promise<Profiled<void>> | undefined;

const server = createServer(async (request, response) => {
  const { searchParams } = new URL(request.url ?? "/", "http://probe");
  if (searchParams.has("profile")) {
    profiling = profiled(() => new Promise<void>((resolve) => (endProfile = resolve)));
    return response.end();
  }
  if (searchParams.has("profiled")) {
    endProfile();
    return response.end(JSON.stringify((await profiling)?.profile));
  }
  const longestStall = Math.max(0, delay.max / 1e6 - RESOLUTION);
  if (searchParams.has("gc")) collect();
  const { user, system } = process.cpuUsage();
  const { heapUsed, rss } = process.memoryUsage();
  const openFiles = readdirSync("/dev/fd").length;
  const vitals: Vitals = {
    cpu: (user + system) / 1_000,
    heapUsed,
    rss,
    openFiles,
    longestStall,
  };
  response.end(JSON.stringify(vitals));
  // A collection asked for from outside is no stall of the app's.
  if (searchParams.has("reset") || searchParams.has("gc")) delay.reset();
});
server.listen(Number(process.env.BENCH_PROBE_PORT), "127.0.0.1").unref();
