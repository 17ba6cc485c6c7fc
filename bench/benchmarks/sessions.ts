import { performance } from "node:perf_hooks";
import type { Sid } from "../../src/shared/rows/keys.ts";
import { signOutByFrontChannel, signOutByUser } from "../../src/shared/store/signOut.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { entitySize } from "../lib/entitySize.ts";
import { bytes, number, spread } from "../lib/format.ts";
import { inTurn } from "../lib/inTurn.ts";
import { ownCpu } from "../lib/load.ts";
import { type Summary, summarize } from "../lib/stats.ts";
import { cookieOf, store, withSessions } from "../sessions/account.ts";
import { type Full, fullAccount, LARGEST, largestOf } from "../sessions/limits.ts";
import { storeUser } from "../world/accounts.ts";
import { composeApp, handlerOf } from "../world/app.ts";
import type { Filled } from "../world/fill.ts";
import { requestOf } from "../world/request.ts";
import { cacheOfUser, msalCache } from "../world/tokens.ts";
import { startWorld } from "../world/world.ts";

const COUNTS = [1, 10, 50];
/** Signed-in calls in a round. */
const CALLS = 10;

const STEPS = [
  "Graph call, token at hand",
  "one more sign-in, stored",
  "sign-out by cookie",
  "front-channel sign-out",
] as const;
type Step = (typeof STEPS)[number];

interface Row {
  readonly sessions: number;
  /** Bytes of the row with the tokens. */
  readonly bytes: number;
  /** Milliseconds. */
  readonly latency: Readonly<Record<Step, Summary>>;
  readonly cpu: Readonly<Record<Step, Summary>>;
}

export interface SessionsResult {
  readonly rows: readonly Row[];
  readonly full: readonly Full[];
}

type Samples = Record<Step, { latency: number; cpu: number }[]>;

async function run({ quick, progress }: Options): Promise<SessionsResult> {
  const rounds = quick ? 3 : 40;
  progress.expect((rounds + 1) * COUNTS.length);
  const full: Full[] = [];
  for (const tokens of [1, 10, 50]) full.push(await fullAccount(60, tokens));

  const world = await startWorld();
  try {
    const { tenantId } = world;
    const app = composeApp(world.env);
    const graph = handlerOf(app, "authGraph");
    const model = await msalCache(tenantId, world.authority, 1);
    const stages = COUNTS.map((count) => ({ count, bytes: 0, samples: emptySamples() }));
    let user = 0;

    for (let round = 0; round <= rounds; round++) {
      for (const stage of inTurn(stages, round)) {
        const measure = async (step: Step, act: () => Promise<unknown>) => {
          const cpu = await ownCpu();
          const before = performance.now();
          await act();
          const latency = performance.now() - before;
          // The first round warms up.
          if (round > 0) stage.samples[step].push({ latency, cpu: (await ownCpu()) - cpu });
        };
        const account = async () => {
          const made = await withSessions(app, tenantId, model, ++user, stage.count);
          await store(app, made);
          return made;
        };
        const { sessions, rows } = await account();
        stage.bytes = entitySize(largestOf(rows));
        const some = (index: number) => sessions[index % sessions.length] as Filled;
        for (let call = 0; call < CALLS; call++) {
          const request = requestOf("/graph/me", { cookie: cookieOf(app, some(round + 7 * call)) });
          await measure("Graph call, token at hand", async () => {
            const { status } = await graph(request, undefined);
            if (status !== 200) throw new Error(`The Graph call answered ${status}.`);
          });
        }
        await measure("sign-out by cookie", () => signOutByUser(app.store, some(round).ref));

        const other = await account();
        await measure("one more sign-in, stored", () =>
          storeUser(
            app.store,
            tenantId,
            app.settings.sessionLifetime,
            cacheOfUser(model, user),
            user,
          ),
        );
        const sid = other.sessions.at(-1)?.sid as Sid;
        await measure("front-channel sign-out", () => signOutByFrontChannel(app.store, sid));
        progress.step(`${stage.count} sessions`);
      }
    }
    return { rows: stages.map(summarized), full };
  } finally {
    await world.stop();
  }
}

function emptySamples(): Samples {
  return Object.fromEntries(STEPS.map((step) => [step, []])) as never as Samples;
}

function summarized(stage: { count: number; bytes: number; samples: Samples }): Row {
  const of = (part: "latency" | "cpu") =>
    Object.fromEntries(
      STEPS.map((step) => [step, summarize(stage.samples[step].map((one) => one[part]))]),
    ) as Record<Step, Summary>;
  return { sessions: stage.count, bytes: stage.bytes, latency: of("latency"), cpu: of("cpu") };
}

function tables({ rows, full }: SessionsResult) {
  const named = ({ sessions }: Row) => (sessions === 1 ? "1 session" : `${sessions} sessions`);
  return [
    {
      id: "sessions",
      title: "An account with many sessions",
      columns: ["", ...rows.map(named)],
      rows: [
        ["the row with the tokens", ...rows.map((row) => bytes(row.bytes))],
        ...STEPS.flatMap((step) => [
          [`${step}, p50, ms`, ...rows.map(({ latency }) => spread(latency[step]))],
          [`${step}, CPU, ms`, ...rows.map(({ cpu }) => spread(cpu[step]))],
        ]),
      ],
    },
    {
      id: "row-limits",
      title: "As many sessions as a row takes",
      columns: [
        "access tokens of each",
        "sign-ins",
        "sessions kept",
        "the row",
        "its largest property",
        "of what a row may have",
      ],
      rows: full.map(({ tokens, signIns, kept, row, property }) => [
        String(tokens),
        String(signIns),
        String(kept),
        bytes(row),
        bytes(property),
        `${number((row / LARGEST.row) * 100)} %`,
      ]),
    },
  ];
}

/** Tokens are random, and so is how well they compress: a session more or less is chance. */
function regressions(kept: SessionsResult, now: SessionsResult): string[] {
  return now.full.flatMap((full, i) => {
    const before = kept.full[i]?.kept ?? 0;
    const { tokens, row, property } = full;
    const found: string[] = [];
    if (row > LARGEST.row) found.push(`a row of ${row} bytes, and Table Storage refuses it.`);
    if (property > LARGEST.property) found.push(`a property of ${property} bytes.`);
    if (full.kept + 1 < before) found.push(`${full.kept} sessions are kept, and ${before} before.`);
    return found.map((line) => `${tokens} access tokens: ${line}`);
  });
}

export const sessions: Benchmark<SessionsResult> = {
  name: "sessions",
  run,
  tables,
  charts: () => [],
  regressions,
};
