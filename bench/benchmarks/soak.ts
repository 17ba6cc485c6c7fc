import type { Context } from "../../src/shared/context.ts";
import { expiryPartition } from "../../src/shared/rows/keys.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { startHosted } from "../contestants/hosted.ts";
import { bytes } from "../lib/format.ts";
import { measure } from "../lib/load.ts";
import { percentile } from "../lib/stats.ts";
import { CONNECTIONS, charts, type Segment, type SoakResult, tables } from "../soak/report.ts";
import { visit } from "../soak/visits.ts";
import { signIn } from "../world/accounts.ts";
import { composeApp } from "../world/app.ts";
import { bundleProduct } from "../world/bundles.ts";
import { fill } from "../world/fill.ts";
import { userOf } from "../world/setUp.ts";
import { msalCache } from "../world/tokens.ts";
import { Visitor } from "../world/visitor.ts";
import { startWorld, type World } from "../world/world.ts";

const USERS = 3 * CONNECTIONS;
const SEGMENTS = 20;

/** Expired sign-ins that every segment has to purge. */
const EXPIRED = 300;
/** Users of theirs are numbered from here. */
const EXPIRED_USERS = 1_000_000;

async function run({ quick, progress }: Options): Promise<SoakResult> {
  const minutes = quick ? 0.2 : 10;
  const segments = quick ? 4 : SEGMENTS;
  const milliseconds = (minutes * 60_000) / segments;
  progress.expect(segments + 1);
  await bundleProduct();
  const world = await startWorld(USERS);
  try {
    const app = composeApp(world.env);
    const free = await signedInVisitors(world, app);
    const model = await msalCache(world.tenantId, world.authority, 1);
    const hosted = await startHosted(world.env);
    const call = async () => {
      const visitor = free.pop();
      if (!visitor) throw new Error("There are fewer visitors than connections.");
      await visit(hosted.sender, visitor, Math.random());
      free.unshift(visitor);
    };
    const found: Segment[] = [];
    try {
      for (let segment = 0; segment <= segments; segment++) {
        await hosted.vitals("reset");
        const load = { concurrency: CONNECTIONS, milliseconds };
        const first = EXPIRED_USERS + segment * EXPIRED;
        const expired = { first, accounts: EXPIRED, expired: EXPIRED };
        const purge = async () => {
          await fill(app, { tenantId: world.tenantId, model, ...expired });
          await hosted.purge();
        };
        const [{ latencies, calls }] = await Promise.all([measure(call, load), purge()]);
        const purged = EXPIRED - (await countExpired(app));
        const { longestStall, openFiles } = await hosted.vitals();
        const { heapUsed: heap, rss } = await hosted.vitals("gc");
        const at = (segment * milliseconds) / 1_000;
        const [p50, p99, p999] = [0.5, 0.99, 0.999].map((share) => percentile(latencies, share));
        progress.step(`${Math.round(at)} s, heap ${bytes(heap)}`);
        if (segment === 0) continue;
        found.push({
          ...{ at, requests: calls, longestStall, heap, rss, openFiles, purged },
          ...{ p50: p50 ?? 0, p99: p99 ?? 0, p999: p999 ?? 0 },
        });
      }
    } finally {
      await hosted.stop();
    }
    return { minutes, segments: found };
  } finally {
    await world.stop();
  }
}

/** Expiry rows of days that are over. */
async function countExpired({ store }: Context): Promise<number> {
  let count = 0;
  for await (const _ of store.table.list("x.", expiryPartition(store.now()))) count++;
  return count;
}

async function signedInVisitors({ tenantId, authority }: World, app: Context): Promise<Visitor[]> {
  const model = await msalCache(tenantId, authority, 3);
  const visitors: Visitor[] = [];
  for (let user = 0; user < USERS; user++) {
    const { cookie } = await signIn(app, tenantId, model, user);
    visitors.push(new Visitor(userOf(user).username, cookie));
  }
  return visitors;
}

export const soak: Benchmark<SoakResult> = { name: "soak", run, tables, charts };
