import type { Store } from "./store/store.ts";

const CHECK_EVERY = 5_000;

/** Says whether the table answers. However often it is asked, the table is asked at most every five seconds. */
export function createHealthCheck({ table, now }: Store): () => Promise<boolean> {
  let checkedAt = Number.NEGATIVE_INFINITY;
  let healthy: Promise<boolean>;
  return () => {
    if (now() - checkedAt >= CHECK_EVERY) {
      checkedAt = now();
      healthy = table.get("health", "health").then(
        () => true,
        () => false,
      );
    }
    return healthy;
  };
}
