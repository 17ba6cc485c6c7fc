import { randomBytes } from "node:crypto";
import { performance } from "node:perf_hooks";
import { TableClient } from "@azure/data-tables";
import { type Azurite, startAzurite } from "../../local/azurite/azurite.ts";
import type { Lightsout } from "../../src/shared/lightsout.ts";
import { signOutElsewhere, signOutHere } from "../../src/shared/signOut.ts";
import { TABLE_NAME } from "../../src/shared/store/azureTable.ts";
import { purge } from "../../src/shared/store/purge.ts";
import { readSession } from "../../src/shared/store/refresh.ts";
import type { TokenCache } from "../../src/shared/store/tokenCache.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { barChart } from "../lib/chart.ts";
import { number, spread, times } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import { ratios, type Summary, summarize } from "../lib/stats.ts";
import { storeUser } from "../world/accounts.ts";
import { composeApp } from "../world/app.ts";
import { type Filled, fill } from "../world/fill.ts";
import { cacheOfUser, msalCache } from "../world/tokens.ts";
import { startWorld, type World } from "../world/world.ts";

/** One in so many accounts has expired. */
const EXPIRED_EVERY = 100;
/** Users that do not exist yet are numbered from here. */
const NEW_USERS = 1_000_000;
/** Bytes of a bare row, as an account with one access token has. */
const ROW_SIZE = 4_800;

const STEPS = [
  "read a session",
  "sign out by cookie",
  "front-channel sign-out",
  "store a sign-in",
  "emulator: read a row",
  "emulator: update a row",
  "emulator: delete a row",
] as const;
type Step = (typeof STEPS)[number];

/** What each step asks of the table, as bare requests. */
const BARE = {
  "read a session": ["emulator: read a row"],
  "sign out by cookie": ["emulator: delete a row"],
  "front-channel sign-out": [
    "emulator: read a row",
    "emulator: delete a row",
    "emulator: update a row",
  ],
} as const satisfies Partial<Record<Step, readonly Step[]>>;
type OwnStep = keyof typeof BARE;
const OWN_STEPS = Object.keys(BARE) as OwnStep[];

interface Size {
  readonly accounts: number;
  /** Milliseconds. */
  readonly latency: Readonly<Record<Step, Summary>>;
  /** Over the smallest size, round by round. */
  readonly growth: Readonly<Record<Step, Summary>>;
  /** The same, after the growth of bare requests of the same kinds has been taken out. */
  readonly own: Readonly<Record<OwnStep, Summary>>;
  /** How many accounts the purge removed, and the milliseconds it took for all of them. */
  readonly purged: number;
  readonly purgeTime: number;
}

export interface GrowthResult {
  readonly sizes: readonly Size[];
}

/** One table with so many accounts in it. */
interface Stage {
  readonly accounts: number;
  readonly azurite: Azurite;
  readonly app: Lightsout;
  readonly act: (step: Step, round: number) => Promise<void>;
}

async function run({ quick, progress }: Options): Promise<GrowthResult> {
  const sizes = quick ? [100, 1_000, 5_000] : [1_000, 10_000, 100_000];
  const rounds = quick ? 10 : 150;
  const portions = sizes.reduce((sum, size) => sum + Math.ceil(size / 1_000), 0);
  progress.expect(portions + rounds);

  const world = await startWorld();
  const stages: Stage[] = [];
  try {
    for (const accounts of sizes) {
      const onProgress = () =>
        progress.step(`storing ${accounts.toLocaleString("en-US")} accounts`);
      stages.push(await createStage(world, accounts, rounds + 1, onProgress));
    }
    // All sizes in every round, one after the other.
    const latencies = stages.map(() => new Map<Step, number[]>(STEPS.map((step) => [step, []])));
    for (let round = 0; round <= rounds; round++) {
      for (const step of STEPS) {
        for (const [i, stage] of inTurn([...stages.entries()], round)) {
          const before = performance.now();
          await stage.act(step, round);
          // The first round warms up.
          if (round > 0) latencies[i]?.get(step)?.push(performance.now() - before);
        }
      }
      progress.step("measuring");
    }
    const result: Size[] = [];
    for (const [i, { accounts, app }] of stages.entries()) {
      const own = (step: Step) => latencies[i]?.get(step) ?? [];
      const smallest = (step: Step) => latencies[0]?.get(step) ?? [];
      const overBare = (step: OwnStep, of: typeof own) =>
        of(step).map((time, round) => time / sum(BARE[step].map((bare) => of(bare)[round] ?? 0)));
      const before = performance.now();
      const { expired } = await purge(app.store);
      result.push({
        accounts,
        latency: recordOf(STEPS, (step) => summarize(own(step))),
        growth: recordOf(STEPS, (step) => ratios(own(step), smallest(step))),
        own: recordOf(OWN_STEPS, (step) => ratios(overBare(step, own), overBare(step, smallest))),
        purged: expired,
        purgeTime: performance.now() - before,
      });
    }
    return { sizes: result };
  } finally {
    for (const { azurite } of stages) await azurite.stop();
    await world.stop();
  }
}

function recordOf<Name extends string>(
  names: readonly Name[],
  value: (name: Name) => Summary,
): Record<Name, Summary> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Summary>;
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}

/** @param rounds How often every step is measured: each takes an account of its own. */
async function createStage(
  { env, tenantId, authority }: World,
  accounts: number,
  rounds: number,
  onProgress: () => void,
): Promise<Stage> {
  const azurite = await startLargeAzurite();
  const app = composeApp({ ...env, TOKEN_CACHE_STORAGE: azurite.connectionString });
  const bare = TableClient.fromConnectionString(azurite.connectionString, TABLE_NAME, {
    allowInsecureConnection: true,
  });
  await bare.createTable();
  const model = await msalCache(tenantId, authority, 1);
  const ids: string[] = [];
  // From all over the table.
  const every = Math.max(1, Math.floor((accounts * 0.98) / (3 * rounds)));
  const users = await fill(app, {
    ...{ tenantId, model, accounts },
    expiredEvery: EXPIRED_EVERY,
    remember: (number) => number % every === 0,
    async onPortion(stored) {
      for (; ids.length < (rounds * stored) / accounts; ids.push(await insertBareRow(bare)));
      onProgress();
    },
  });
  return { accounts, azurite, app, act: actor(app, bare, tenantId, model, users, ids) };
}

/** A row like an account's, between the others: the emulator's arrays move what comes after it. */
async function insertBareRow(table: TableClient): Promise<string> {
  const id = `a.${randomBytes(32).toString("base64url")}`;
  await table.createEntity({ partitionKey: id, rowKey: id, d0: new Uint8Array(ROW_SIZE) });
  return id;
}

function actor(
  { store, settings }: Lightsout,
  table: TableClient,
  tenantId: string,
  model: TokenCache,
  users: readonly Filled[],
  ids: readonly string[],
): Stage["act"] {
  return async (step, round) => {
    const user = (offset: number) => users[(3 * round + offset) % users.length] as Filled;
    const id = ids[round % ids.length] as string;
    switch (step) {
      case "read a session":
        if (!(await readSession(store, user(0).ref))) throw new Error("It is not there.");
        return;
      case "sign out by cookie":
        return await signOutHere(store, user(1).ref);
      case "front-channel sign-out":
        return await signOutElsewhere(store, user(2).sid);
      case "store a sign-in": {
        const number = NEW_USERS + round;
        const cache = cacheOfUser(model, number);
        await storeUser(store, tenantId, settings.sessionLifetime, cache, number);
        return;
      }
      case "emulator: read a row":
        await table.getEntity(id, id);
        return;
      case "emulator: update a row": {
        const row = { partitionKey: id, rowKey: id, d0: new Uint8Array(ROW_SIZE) };
        await table.updateEntity(row, "Replace");
        return;
      }
      case "emulator: delete a row":
        await table.deleteEntity(id, id);
    }
  };
}

/** It keeps everything in memory: a hundred thousand accounts may need more than Node would give it. */
async function startLargeAzurite(): Promise<Azurite> {
  const { NODE_OPTIONS = "" } = process.env;
  process.env.NODE_OPTIONS = `${NODE_OPTIONS} --max-old-space-size=8192`;
  try {
    return await startAzurite();
  } finally {
    process.env.NODE_OPTIONS = NODE_OPTIONS;
  }
}

function tables({ sizes }: GrowthResult) {
  const named = ({ accounts }: Size) => `${accounts.toLocaleString("en-US")} accounts`;
  return [
    {
      id: "growth",
      title: "Latency by the number of accounts stored, ms",
      columns: ["", ...sizes.map(named)],
      rows: [
        ...STEPS.map((step) => [step, ...sizes.map(({ latency }) => spread(latency[step]))]),
        ["purge of 1 %, ms per account", ...sizes.map((s) => number(s.purgeTime / s.purged))],
        ["purge of 1 %, accounts", ...sizes.map(({ purged }) => String(purged))],
      ],
    },
    {
      id: "growth-ratios",
      title: `Over ${sizes[0] ? named(sizes[0]) : ""}, median of the rounds`,
      columns: ["", ...sizes.slice(1).map(named)],
      rows: [
        ...STEPS.map((step) => [step, ...sizes.slice(1).map(({ growth }) => times(growth[step]))]),
        ...OWN_STEPS.map((step) => [
          `${step}, without the emulator's growth`,
          ...sizes.slice(1).map(({ own }) => times(own[step])),
        ]),
      ],
    },
  ];
}

function charts({ sizes }: GrowthResult) {
  return [
    {
      name: "growth",
      svg: barChart({
        title: "Latency by the number of accounts stored",
        subtitle: "Median, one request at a time. Flat is good.",
        series: sizes.map(({ accounts }) => `${accounts.toLocaleString("en-US")} accounts`),
        groups: STEPS.slice(0, 4).map((step) => ({
          label: step,
          values: sizes.map(({ latency }) => latency[step].median),
        })),
        format: (value) => `${number(value)} ms`,
      }),
    },
  ];
}

export const growth: Benchmark<GrowthResult> = { name: "growth", run, tables, charts };
