import type { Context } from "../../src/shared/context.ts";
import { expiryPartition } from "../../src/shared/rows/keys.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { startHosted } from "../contestants/hosted.ts";
import { lineChart } from "../lib/chart.ts";
import { bytes, number } from "../lib/format.ts";
import { measure } from "../lib/load.ts";
import { percentile } from "../lib/stats.ts";
import { visit } from "../soak/visits.ts";
import { signIn } from "../world/accounts.ts";
import { composeApp } from "../world/app.ts";
import { bundleProduct } from "../world/bundles.ts";
import { fill } from "../world/fill.ts";
import { userOf } from "../world/setUp.ts";
import { msalCache } from "../world/tokens.ts";
import { Visitor } from "../world/visitor.ts";
import { startWorld, type World } from "../world/world.ts";

const CONNECTIONS = 64;
const USERS = 3 * CONNECTIONS;
const SEGMENTS = 20;

/** Expired sign-ins that every segment has to purge. */
const EXPIRED = 300;
/** Users of theirs are numbered from here. */
const EXPIRED_USERS = 1_000_000;

/** One stretch of the load, and the process after it. */
interface Segment {
  /** Seconds since the load began. */
  readonly at: number;
  readonly requests: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly longestStall: number;
  /** Bytes, after a full collection. */
  readonly heap: number;
  readonly rss: number;
  readonly openFiles: number;
  /** Expired sign-ins that were ended meanwhile. */
  readonly purged: number;
}

export interface SoakResult {
  readonly minutes: number;
  /** Every segment but the first, which warms up. */
  readonly segments: readonly Segment[];
}

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

const median = (values: readonly number[]) => percentile(values, 0.5);

/** The first quarter of the load, and the last. */
function quartersOf({ segments }: SoakResult): [first: readonly Segment[], last: typeof segments] {
  const quarter = Math.max(1, Math.floor(segments.length / 4));
  return [segments.slice(0, quarter), segments.slice(-quarter)];
}

/** The last quarter's median over the first's. */
export function growthOf(result: SoakResult, part: "heap" | "rss" | "openFiles"): number {
  const [first, last] = quartersOf(result).map((quarter) => median(quarter.map((s) => s[part])));
  return (last ?? Number.NaN) / (first ?? Number.NaN);
}

function tables(result: SoakResult) {
  const { minutes, segments } = result;
  const parts = [...quartersOf(result), segments];
  const row = (name: string, value: (part: readonly Segment[]) => string) => [
    name,
    ...parts.map(value),
  ];
  const of =
    (pick: (segment: Segment) => number, combine: (values: number[]) => number) =>
    (part: readonly Segment[]) =>
      combine(part.map(pick));
  const largest = (values: number[]) => Math.max(...values);
  const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
  const text =
    (format: (value: number) => string, value: (part: readonly Segment[]) => number) =>
    (part: readonly Segment[]) =>
      format(value(part));
  return [
    {
      id: "soak",
      title: `Mixed load, ${CONNECTIONS} connections, ${number(minutes)} minutes`,
      columns: ["", "first quarter", "last quarter", "whole"],
      rows: [
        row(
          "requests",
          text(
            (n) => n.toLocaleString("en-US"),
            of((s) => s.requests, sum),
          ),
        ),
        row(
          "expired sign-ins purged",
          text(
            (n) => n.toLocaleString("en-US"),
            of((s) => s.purged, sum),
          ),
        ),
        row(
          "p50, ms",
          text(
            number,
            of((s) => s.p50, median),
          ),
        ),
        row(
          "p99, ms",
          text(
            number,
            of((s) => s.p99, median),
          ),
        ),
        row(
          "p99.9, ms",
          text(
            number,
            of((s) => s.p999, median),
          ),
        ),
        row(
          "longest event-loop stall of 30 seconds, ms",
          text(
            number,
            of((s) => s.longestStall, median),
          ),
        ),
        row(
          "longest event-loop stall, ms",
          text(
            number,
            of((s) => s.longestStall, largest),
          ),
        ),
        row(
          "heap after collection",
          text(
            bytes,
            of((s) => s.heap, median),
          ),
        ),
        row(
          "whole process (RSS)",
          text(
            bytes,
            of((s) => s.rss, median),
          ),
        ),
        row(
          "open sockets and files",
          text(
            String,
            of((s) => s.openFiles, largest),
          ),
        ),
      ],
    },
  ];
}

function charts({ segments }: SoakResult) {
  return [
    {
      name: "soak",
      svg: lineChart({
        title: "Memory under mixed load",
        subtitle: `${CONNECTIONS} connections. After a full collection. Flat is good.`,
        xLabel: "minutes",
        series: [
          { label: "heap", points: segments.map(({ at, heap }) => [at / 60, heap]) },
          { label: "whole process", points: segments.map(({ at, rss }) => [at / 60, rss]) },
        ],
        format: bytes,
      }),
    },
  ];
}

export const soak: Benchmark<SoakResult> = { name: "soak", run, tables, charts };
