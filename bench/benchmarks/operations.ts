import { randomUUID } from "node:crypto";
import { performance } from "node:perf_hooks";
import type { HttpResponse } from "../../src/shared/http/types.ts";
import type { Benchmark, Options } from "../benchmark.ts";
import { number, spread } from "../lib/format.ts";
import { ownCpu } from "../lib/load.ts";
import { percentile, type Summary, summarize } from "../lib/stats.ts";
import { composeApp } from "../world/app.ts";
import { userOf } from "../world/setUp.ts";
import { handlersOf, Visitor } from "../world/visitor.ts";
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
    const handlers = handlersOf(composeApp(world.env, watch.watching));

    async function measure(step: Step, send: () => Promise<HttpResponse>, keep: boolean) {
      watch.take();
      const cpu = await ownCpu();
      const before = performance.now();
      const response = await send();
      const latency = performance.now() - before;
      const one = { latency, cpu: (await ownCpu()) - cpu, trace: JSON.stringify(watch.take()) };
      if (keep) measured.set(step, [...(measured.get(step) ?? []), one]);
      return response;
    }

    async function signIn(visitor: Visitor, user: number, callback: Step): Promise<void> {
      const keep = user >= warmUp;
      const request = visitor.request("/auth/signin");
      const start = await measure("sign-in, start", () => handlers.signIn(request, 0), keep);
      visitor.keep(start, 302);
      await visitor.authorize(start, userOf(user).username);
      const form = visitor.callbackRequest();
      visitor.keep(await measure(callback, () => handlers.callback(form, 0), keep), 303);
    }

    for (let user = 0; user < users + warmUp; user++) {
      const keep = user >= warmUp;
      const [first, second] = [new Visitor(), new Visitor()];
      const calls: [Step, string][] = [
        ["Graph call, token refreshed", "/graph/me/messages"],
        ["Graph call, token at hand", "/graph/me"],
      ];
      await signIn(first, user, "sign-in, callback");
      for (const [step, path] of calls) {
        const request = first.request(path);
        first.keep(await measure(step, () => handlers.graph(request, 0), keep), 200);
      }
      await signIn(second, user, "sign-in, callback, second browser");

      const stranger = first.request(`/auth/logout-callback?sid=${randomUUID()}`);
      const unknown = () => handlers.logoutCallback(stranger);
      first.keep(await measure("front-channel, unknown sid", unknown, keep), 200);
      if (user % 2 === 0) {
        const request = first.request("/auth/signout", "POST");
        const out = () => handlers.signOut(request, 0);
        first.keep(await measure("sign-out by cookie", out, keep), 303);
      } else {
        const request = first.request(`/auth/logout-callback?sid=${first.sid}`);
        const out = () => handlers.logoutCallback(request);
        first.keep(await measure("front-channel sign-out", out, keep), 200);
      }
      first.keep(await handlers.graph(first.request("/graph/me"), 0), 401);
      progress.step(userOf(user).name);
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

export const operations: Benchmark<OperationsResult> = {
  name: "operations",
  run,
  tables,
  charts: () => [],
};
