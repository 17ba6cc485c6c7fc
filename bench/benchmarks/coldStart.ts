import { execFile } from "node:child_process";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startHost } from "../../local/host/host.ts";
import { ROOT } from "../../local/root.ts";
import { packageContents } from "../../scripts/package/contents.ts";
import { zip } from "../../scripts/package/zip.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { createVariants, type Variant } from "../coldStart/variants.ts";
import { barChart } from "../lib/chart.ts";
import { bytes, number, spread, times } from "../lib/format.ts";
import { createSender } from "../lib/http.ts";
import { inTurn } from "../lib/inTurn.ts";
import { ratios, type Summary, summarize } from "../lib/stats.ts";
import { signIn } from "../world/accounts.ts";
import { composeApp } from "../world/app.ts";
import { msalCache } from "../world/tokens.ts";
import { startWorld, type World } from "../world/world.ts";

const LOADER = fileURLToPath(new URL("../coldStart/load.cjs", import.meta.url));
const execute = promisify(execFile);

interface Row {
  readonly name: string;
  /** Loading the modules alone, in milliseconds. */
  readonly wall: Summary;
  readonly cpu: Summary;
  /** Over the unbundled ES modules, round by round. */
  readonly cpuToUnbundled: Summary;
  readonly wallToUnbundled: Summary;
  /** From the start of the host's process to the first answer, in milliseconds. */
  readonly firstAnswer: Summary;
}

export interface ColdStartResult {
  readonly rows: readonly Row[];
  /** Bytes of the package that is deployed, zipped, and of the bundle in it. */
  readonly zipped: number;
  readonly bundle: number;
}

export const UNBUNDLED = "unbundled, ES modules";

async function run({ quick, progress }: Options): Promise<ColdStartResult> {
  const loads = quick ? 3 : 25;
  const starts = quick ? 1 : 10;
  const variants = await createVariants();
  progress.expect(variants.length * (loads + starts + 1));

  const wall = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  const cpu = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  const answers = new Map<string, number[]>(variants.map(({ name }) => [name, []]));
  const world = await startWorld();
  try {
    // The first round warms the file system's cache, and fills the compile cache.
    for (let round = 0; round <= loads; round++) {
      for (const variant of inTurn(variants, round)) {
        const once = await loadOnce(variant, world.env);
        if (round > 0) {
          wall.get(variant.name)?.push(once.wall);
          cpu.get(variant.name)?.push(once.cpu);
        }
        progress.step(`loading ${variant.name}`);
      }
    }
    const cookie = await signedInCookie(world);
    for (let round = 0; round < starts; round++) {
      for (const variant of inTurn(variants, round)) {
        answers.get(variant.name)?.push(await firstAnswer(variant, world.env, cookie));
        progress.step(`starting ${variant.name}`);
      }
    }
  } finally {
    await world.stop();
  }

  const of = (map: Map<string, number[]>, name: string) => map.get(name) ?? [];
  const contents = packageContents(ROOT);
  return {
    rows: variants.map(({ name }) => ({
      name,
      wall: summarize(of(wall, name)),
      cpu: summarize(of(cpu, name)),
      cpuToUnbundled: ratios(of(cpu, name), of(cpu, UNBUNDLED)),
      wallToUnbundled: ratios(of(wall, name), of(wall, UNBUNDLED)),
      firstAnswer: summarize(of(answers, name)),
    })),
    zipped: zip(contents).length,
    bundle: contents["dist/main.cjs"]?.length ?? 0,
  };
}

async function loadOnce(
  { main, kind, cache }: Variant,
  env: World["env"],
): Promise<{ wall: number; cpu: number }> {
  const { stdout } = await execute(process.execPath, [LOADER, join(ROOT, main), kind], {
    env: { ...process.env, ...env, ...cacheEnv(cache) },
  });
  return JSON.parse(stdout);
}

async function signedInCookie({ env, tenantId, authority }: World): Promise<string> {
  const app = composeApp(env);
  return (await signIn(app, tenantId, await msalCache(tenantId, authority, 1), 0)).cookie;
}

/** A signed-in request: one point read is in it. */
async function firstAnswer(
  { main, cache }: Variant,
  env: World["env"],
  cookie: string,
): Promise<number> {
  const before = performance.now();
  const host = await startHost({ root: ROOT, main, env: { ...env, ...cacheEnv(cache) } });
  const sender = createSender(host.url);
  try {
    const { status } = await sender.send("/auth/session", { headers: { cookie } });
    const took = performance.now() - before;
    if (status !== 200) throw new Error(`The first answer was ${status}.`);
    return took;
  } finally {
    sender.close();
    await host.stop();
  }
}

function cacheEnv(cache: string | undefined): Record<string, string> {
  return cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };
}

function tables({ rows, zipped, bundle }: ColdStartResult) {
  return [
    {
      id: "cold-start",
      title: "Cold start",
      columns: [
        "",
        "load, ms",
        "load, CPU ms",
        "CPU to unbundled",
        "process start to first answer, ms",
      ],
      rows: rows.map((row) => [
        row.name,
        spread(row.wall),
        spread(row.cpu),
        times(row.cpuToUnbundled),
        spread(row.firstAnswer),
      ]),
    },
    {
      id: "package",
      title: "What is deployed",
      columns: ["", "size"],
      rows: [
        ["the bundle", bytes(bundle)],
        ["the zipped package", bytes(zipped)],
      ],
    },
  ];
}

function charts({ rows }: ColdStartResult) {
  return [
    {
      name: "cold-start",
      svg: barChart({
        title: "Loading the app's modules",
        subtitle: "CPU time in a new process. Less is better.",
        series: ["CPU time"],
        groups: rows.map(({ name, cpu }) => ({ label: name, values: [cpu.median] })),
        format: (value) => `${number(value)} ms`,
      }),
    },
  ];
}

export const coldStart: Benchmark<ColdStartResult> = { name: "cold-start", run, tables, charts };
