import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/** Bytes. */
const ENOUGH = 8 * 1024 * 1024;

/**
 * Keeps V8's space for young objects at eight megabytes: after each collection it may grow, or not. By itself, it grows to
 * many times that under load and stays so. In one megabyte, what calls under way still need is taken for old, and
 * collections take a third of the CPU time.
 */
export function keepYoungSpaceSmall(): void {
  const observer = new PerformanceObserver(() => {
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    const factor = (young?.space_size ?? 0) < ENOUGH ? 2 : 1;
    // As an argument of Node, a limit would have to be an app setting.
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  });
  observer.observe({ entryTypes: ["gc"] });
}
