import { performance } from "node:perf_hooks";

/** One request. It rejects when the answer is not the one expected. */
export type Call = (number: number) => Promise<void>;

export interface Load {
  readonly concurrency: number;
  readonly milliseconds: number;
}

export interface Sample {
  readonly calls: number;
  /** Milliseconds that the sample took. */
  readonly wall: number;
  /** Milliseconds of CPU time, of the process that served it. */
  readonly cpu: number;
  /** Of each call, in milliseconds. */
  readonly latencies: readonly number[];
}

/** Milliseconds of CPU time that a process has used so far. */
type CpuClock = () => number | Promise<number>;

export const ownCpu: CpuClock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

/** Closed loop: as many callers as `concurrency`, each sending its next request when the last is answered. */
export async function measure(
  call: Call,
  { concurrency, milliseconds }: Load,
  cpuClock: CpuClock = ownCpu,
): Promise<Sample> {
  const latencies: number[] = [];
  const cpuBefore = await cpuClock();
  const start = performance.now();
  const end = start + milliseconds;
  let number = 0;
  async function caller(): Promise<void> {
    for (let now = start; now < end; ) {
      const before = performance.now();
      await call(number++);
      now = performance.now();
      latencies.push(now - before);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, caller));
  const wall = performance.now() - start;
  return { calls: latencies.length, wall, cpu: (await cpuClock()) - cpuBefore, latencies };
}
