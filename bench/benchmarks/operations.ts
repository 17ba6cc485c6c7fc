import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { HttpResponse } from "../../src/shared/http/types.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { number, spread } from "../lib/format.ts";
import { ownCpu } from "../lib/load.ts";
import { percentile, type Summary, summarize } from "../lib/stats.ts";
import { composeApp, handlerOf } from "../world/app.ts";
import { requestOf } from "../world/request.ts";
import { userOf } from "../world/setUp.ts";
import { Visitor } from "../world/visitor.ts";
import { createWatch } from "../world/watch.ts";
import { startWorld } from "../world/world.ts";

const STEPS = [
  "sign-in, start",
  "sign-in, callback",
  "sign-in, callback, second browser",
  "Graph call, token at hand",
  "Graph call, token refreshed",
  "sign-out by cookie",
  "front-channel sign-out",
  "front-channel, unknown sid",
] as const;
type Step = (typeof STEPS)[number];

interface Operation {
  readonly step: Step;
  /** Requests to the table, in order: the same every time, or this would not be one row. */
  readonly requests: readonly string[];
  readonly roundTrips: number;
  readonly untilGone: number | null;
  /** Milliseconds. */
  readonly latency: Summary;
  readonly p99: number;
  readonly cpu: Summary;
}

export interface OperationsResult {
  readonly users: number;
  readonly operations: readonly Operation[];
}

async function run({ quick, progress }: Options): Promise<OperationsResult> {
  const users = quick ? 12 : 300;
  /** The first ones warm up. */
  const warmUp = quick ? 2 : 20;
  progress.expect(users + warmUp);
  const world = await startWorld(users + warmUp);
  const measured = new Map<Step, { latency: number; cpu: number; trace: string }[]>();
  try {
    const watch = createWatch();
    const app = composeApp(world.env, watch.watching);
    const handlers = {
      signIn: handlerOf(app, "authSignIn"),
      callback: handlerOf(app, "authCallback"),
      graph: handlerOf(app, "authGraph"),
      signOut: handlerOf(app, "authSignOut"),
      logoutCallback: handlerOf(app, "authLogoutCallback"),
    };

    async function measure(
      step: Step,
      keep: boolean,
      expected: number,
      send: () => Promise<HttpResponse>,
    ): Promise<HttpResponse> {
      watch.take();
      const cpu = await ownCpu();
      const before = performance.now();
      const response = await send();
      const latency = performance.now() - before;
      const one = { latency, cpu: (await ownCpu()) - cpu, trace: JSON.stringify(watch.take()) };
      if (response.status !== expected) throw new Error(`${step}: ${response.status}.`);
      if (keep) measured.set(step, [...(measured.get(step) ?? []), one]);
      return response;
    }

    async function signIn(visitor: Visitor, keep: boolean, callback: Step): Promise<void> {
      const request = requestOf("/auth/signin", visitor.headers());
      const start = await measure("sign-in, start", keep, 302, () => handlers.signIn(request, 0));
      visitor.keep(start.cookies);
      const body = await visitor.authorize(start.headers?.Location);
      const answer = { method: "POST", body };
      const post = requestOf("/auth/callback", visitor.headers(body), answer);
      visitor.keep((await measure(callback, keep, 303, () => handlers.callback(post, 0))).cookies);
    }

    for (let user = 0; user < users + warmUp; user++) {
      const keep = user >= warmUp;
      const { username } = userOf(user);
      const [first, second] = [new Visitor(username), new Visitor(username)];
      await signIn(first, keep, "sign-in, callback");
      const messages = requestOf("/graph/me/messages", first.headers());
      await measure("Graph call, token refreshed", keep, 200, () => handlers.graph(messages, 0));
      const me = requestOf("/graph/me", first.headers());
      await measure("Graph call, token at hand", keep, 200, () => handlers.graph(me, 0));
      await signIn(second, keep, "sign-in, callback, second browser");

      const unknown = requestOf(`/auth/logout-callback?sid=${randomUUID()}`);
      await measure("front-channel, unknown sid", keep, 200, () =>
        handlers.logoutCallback(unknown, 0),
      );
      if (user % 2 === 0) {
        const out = requestOf("/auth/signout", first.headers(""), { method: "POST", body: "" });
        await measure("sign-out by cookie", keep, 303, () => handlers.signOut(out, 0));
      } else {
        const out = requestOf(`/auth/logout-callback?sid=${first.sid}`);
        await measure("front-channel sign-out", keep, 200, () => handlers.logoutCallback(out, 0));
      }
      const { status } = await handlers.graph(me, 0);
      if (status !== 401) throw new Error(`After sign-out the answer was ${status}.`);
      progress.step(username);
    }
  } finally {
    await world.stop();
  }
  return { users, operations: STEPS.map((step) => summarized(step, measured.get(step) ?? [])) };
}

function summarized(
  step: Step,
  ones: readonly { latency: number; cpu: number; trace: string }[],
): Operation {
  const [usual = "{}"] = mostFrequent(ones.map(({ trace }) => trace));
  const { requests, roundTrips, untilGone = null } = JSON.parse(usual);
  const latencies = ones.map(({ latency }) => latency);
  return {
    step,
    requests,
    roundTrips,
    untilGone,
    latency: summarize(latencies),
    p99: percentile(latencies, 0.99),
    cpu: summarize(ones.map(({ cpu }) => cpu)),
  };
}

function mostFrequent(texts: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([text]) => text);
}

function tables({ operations, users }: OperationsResult) {
  return [
    {
      id: "operations",
      title: `What each request costs, ${users} users one after the other`,
      columns: [
        "request",
        "storage operations",
        "round trips",
        "until the tokens are gone",
        "p50, ms",
        "p99, ms",
        "CPU, ms",
      ],
      rows: operations.map(({ step, requests, roundTrips, untilGone, latency, p99, cpu }) => [
        step,
        requests.length === 0 ? "none" : requests.join(", "),
        String(roundTrips),
        untilGone === null ? "" : String(untilGone),
        spread(latency),
        number(p99),
        spread(cpu),
      ]),
    },
  ];
}

function regressions(kept: OperationsResult, now: OperationsResult): string[] {
  return kept.operations.flatMap((before) => {
    const after = now.operations.find(({ step }) => step === before.step);
    if (after === undefined) return [`${before.step}: it is not measured any more.`];
    const counts = [
      ["requests to storage", before.requests.length, after.requests.length],
      ["round trips", before.roundTrips, after.roundTrips],
      ["round trips until the tokens are gone", before.untilGone ?? 0, after.untilGone ?? 0],
    ] as const;
    return counts
      .filter(([, then, now]) => now > then)
      .map(([what, then, now]) => `${before.step}: ${now} ${what}, and ${then} before.`);
  });
}

export const operations: Benchmark<OperationsResult> = {
  name: "operations",
  run,
  tables,
  charts: () => [],
  regressions,
};
