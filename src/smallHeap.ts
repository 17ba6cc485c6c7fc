import { PerformanceObserver } from "node:perf_hooks";
import { getHeapSpaceStatistics, setFlagsFromString } from "node:v8";

/**
 * What V8's heap may grow to: the space for young objects to so many bytes, that for old objects, and for the buffers that
 * objects of either hold outside of it, by so many per cent of what is in use.
 */
const ROOM = {
  mostly: { young: 16 * 1024 * 1024, old: 100 },
  busy: { young: 64 * 1024 * 1024, old: 300 },
};
/** The share of a core's time from which a process is busy, and what that is an average of, in milliseconds. */
const BUSY = { share: 0.5, lately: 250 };

/**
 * Keeps V8's heap at half of what it would take, until the process is busy for the first time (docs/performance.md). V8 lets
 * the space for young objects grow to a hundred megabytes, that for old objects to some four times of what is in use, and
 * gives nothing back.
 *
 * @param used How long the process has run, and how much CPU time it has taken. Milliseconds.
 */
export function keepHeapSmall(used = usedSoFar): void {
  // As arguments of Node, these would have to be an app setting.
  allow(ROOM.mostly.old);
  let room = ROOM.mostly;
  let before = used();
  const observer = new PerformanceObserver(() => {
    const now = used();
    const passed = now.wall - before.wall;
    if (passed >= BUSY.lately) {
      room = now.cpu - before.cpu > BUSY.share * passed ? ROOM.busy : ROOM.mostly;
      allow(room.old);
      before = now;
    }
    const young = getHeapSpaceStatistics().find(({ space_name: name }) => name === "new_space");
    // With a factor of 1, the space grows no more.
    const factor = (young?.space_size ?? 0) < room.young ? 2 : 1;
    setFlagsFromString(`--semi-space-growth-factor=${factor}`);
  });
  observer.observe({ entryTypes: ["gc"] });
}

function allow(percent: number): void {
  setFlagsFromString(`--heap-growing-percent=${percent}`);
}

function usedSoFar(): { readonly wall: number; readonly cpu: number } {
  const { user, system } = process.cpuUsage();
  return { wall: performance.now(), cpu: (user + system) / 1_000 };
}
