import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/**
 * What the space for young objects may grow to, in bytes. Too small, V8 takes what calls under way still need for old, and
 * collecting that costs more than it saves. Too large, the buffers that its objects hold outside of it pile up, until V8
 * collects everything.
 */
const ENOUGH = { mostly: 16 * 1024 * 1024, busy: 32 * 1024 * 1024 };
/** The share of a core's time from which a process is busy, and what that is an average of, in milliseconds. */
const BUSY = { share: 0.5, lately: 1_000 };

/**
 * Keeps V8's heap at half of what it would take, for some more CPU time (docs/performance.md). V8 lets the space for young
 * objects grow to a hundred megabytes, the one for old objects to some four times of what is in use, and keeps both.
 *
 * @param used How long the process has run, and how much CPU time it has taken. Milliseconds.
 */
export function keepHeapSmall(used = usedSoFar): void {
  // As arguments of Node, these would have to be an app setting.
  setFlagsFromString("--heap-growing-percent=100");
  let enough = ENOUGH.mostly;
  let before = used();
  const observer = new PerformanceObserver(() => {
    const now = used();
    const passed = now.wall - before.wall;
    if (passed >= BUSY.lately) {
      enough = now.cpu - before.cpu > BUSY.share * passed ? ENOUGH.busy : ENOUGH.mostly;
      before = now;
    }
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    // With a factor of 1, the space grows no more.
    const factor = (young?.space_size ?? 0) < enough ? 2 : 1;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  });
  observer.observe({ entryTypes: ["gc"] });
}

function usedSoFar(): { readonly wall: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1_000 };
}
