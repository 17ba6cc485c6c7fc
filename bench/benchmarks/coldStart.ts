import { execFile } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ROOT } from "../../local/root.ts";
import { compiledIn } from "../../scripts/package/compiled.ts";
import { packageContents } from "../../scripts/package/contents.ts";
import { zip } from "../../scripts/package/zip.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { startCounter } from "../coldStart/counter.ts";
import { type FirstRequest, firstAnswer, type Took } from "../coldStart/instance.ts";
import {
  type ColdStartResult,
  charts,
  type Start,
  type Times,
  tables,
} from "../coldStart/report.ts";
import { createVariants, type Variant } from "../coldStart/variants.ts";
import { inTurn } from "../lib/inTurn.ts";
import { ratios, summarize } from "../lib/stats.ts";
import { type SignedIn, signIn } from "../world/accounts.ts";
import { composeApp } from "../world/app.ts";
import { bundleWorker } from "../world/bundles.ts";
import { msalCache } from "../world/tokens.ts";
import { startWorld, type World } from "../world/world.ts";

const LOADER = fileURLToPath(new URL("../coldStart/load.cjs", import.meta.url));
const execute = promisify(execFile);
/** Milliseconds after which an instance without requests does nothing any more. */
const SETTLE_MS = 1_000;

const UNBUNDLED = "unbundled, ES modules";

/** How an instance starts, and what it is asked first. */
const STARTS = {
  "first-answer": { order: "plain", of: signedIn },
  "first-answer-flex": { order: "flex", of: signedIn },
  "first-answer-front-channel": { order: "flex", of: frontChannel },
} as const satisfies Record<Start, object>;
const starts = Object.keys(STARTS) as Start[];

/** By variant. */
type Samples = Map<string, Took[]>;

/** With its point read. */
function signedIn({ cookie }: SignedIn): FirstRequest {
  return { path: "/auth/session", headers: { cookie } };
}

function frontChannel({ sid }: SignedIn): FirstRequest {
  return { path: `/auth/logout-callback?sid=${sid}` };
}

async function run({ quick, progress }: Options): Promise<ColdStartResult> {
  const loads = quick ? 2 : 25;
  const rounds = quick ? 1 : 10;
  const variants = await createVariants();
  const [shipped] = variants as [Variant];
  const worker = await bundleWorker();
  progress.expect(variants.length * (loads + rounds * starts.length + 1));

  const loaded: Samples = new Map();
  const answered = new Map<Start, Samples>(starts.map((start) => [start, new Map()]));
  const world = await startWorld();
  try {
    // The first round warms the file system's cache.
    for (let round = 0; round <= loads; round++) {
      for (const variant of inTurn(variants, round)) {
        const took = await loadOnce(variant, world.env);
        if (round > 0) add(loaded, variant, took);
        progress.step(`loading ${variant.name}`);
      }
    }
    const newcomer = await newcomers(world);
    for (let round = 0; round < rounds; round++) {
      for (const [start, samples] of answered) {
        for (const variant of inTurn(variants, round)) {
          const { order, of } = STARTS[start];
          const request = of(await newcomer());
          add(samples, variant, await firstAnswer(worker, variant, world.env, order, request));
          progress.step(`starting ${variant.name}`);
        }
      }
    }
    const trips = await countTrips(worker, shipped, world, frontChannel(await newcomer()));
    const rows = variants.map(({ name }) => {
      const answers = [...answered].map(([start, samples]) => [start, timesOf(samples, name)]);
      return { name, load: timesOf(loaded, name), answers: Object.fromEntries(answers) };
    });
    return { rows, trips, ...sizes(shipped) };
  } finally {
    await world.stop();
  }
}

function add(samples: Samples, { name }: Variant, took: Took): void {
  samples.set(name, [...(samples.get(name) ?? []), took]);
}

function timesOf(samples: Samples, name: string): Times {
  const [own, unbundled] = [name, UNBUNDLED].map((one) => samples.get(one) ?? []) as [
    Took[],
    Took[],
  ];
  const of = (clock: keyof Took) => {
    const values = own.map((took) => took[clock]);
    const base = unbundled.map((took) => took[clock]);
    return [summarize(values), ratios(values, base)] as const;
  };
  const [wall, wallToUnbundled] = of("wall");
  const [cpu, cpuToUnbundled] = of("cpu");
  return { wall, wallToUnbundled, cpu, cpuToUnbundled };
}

function sizes({ root }: Variant): Pick<ColdStartResult, "zipped" | "bundle" | "compiled"> {
  const compiled = compiledIn(root);
  const contents = { ...packageContents(ROOT), ...compiled };
  return {
    zipped: zip(contents).length,
    bundle: contents["dist/main.cjs"]?.length ?? 0,
    compiled: Object.values(compiled).reduce((sum, { length }) => sum + length, 0),
  };
}

async function loadOnce({ root, main, kind }: Variant, env: World["env"]): Promise<Took> {
  const { stdout } = await execute(process.execPath, [LOADER, join(root, main), kind], {
    env: { ...process.env, ...env },
  });
  return JSON.parse(stdout);
}

/** Signs somebody in whom no instance has heard of. */
async function newcomers({ env, tenantId, authority }: World): Promise<() => Promise<SignedIn>> {
  const app = composeApp(env);
  const cache = await msalCache(tenantId, authority, 1);
  let number = 0;
  return () => signIn(app, tenantId, cache, number++);
}

/** Of an instance that had the time to open its connection. */
async function countTrips(
  worker: string,
  variant: Variant,
  { env, azurite }: World,
  request: FirstRequest,
): Promise<ColdStartResult["trips"]> {
  const counter = await startCounter(azurite.port);
  const storage = azurite.connectionString.replaceAll(`:${azurite.port}/`, `:${counter.port}/`);
  const counted = { ...env, TOKEN_CACHE_STORAGE: storage };
  let atRest = { connections: 0, requests: 0 };
  await firstAnswer(worker, variant, counted, "flex", request, async () => {
    await setTimeout(SETTLE_MS);
    atRest = { connections: counter.connections(), requests: counter.requests.length };
  });
  await counter.stop();
  return {
    connections: counter.connections() - atRest.connections,
    requests: counter.requests.slice(atRest.requests),
  };
}

export const coldStart: Benchmark<ColdStartResult> = { name: "cold-start", run, tables, charts };
