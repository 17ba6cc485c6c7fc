import { keepHeapSmall } from "../../src/smallHeap.ts";
import { type Load, measure, type Sample } from "../lib/load.ts";
import { type Caller, createContestant, type Env } from "./calls.ts";
import type { Contestant } from "./contestants.ts";

/* One contestant in a process of its own, so that none pays for another's garbage. Ours keeps as little as the product does. */

export interface Start {
  readonly type: "start";
  readonly contestant: Contestant;
  readonly env: Env;
  readonly metadata: string;
  /** By number of access tokens. */
  readonly callers: Readonly<Record<number, readonly Caller[]>>;
}

export interface Run {
  readonly type: "run";
  readonly tokens: number;
  readonly load: Load;
}

export type Answer = { readonly sample: Sample } | { readonly error: string } | { ready: true };

process.once("disconnect", () => process.exit());

let contest: ((tokens: number, load: Load) => Promise<Sample>) | undefined;

process.on("message", (message: Start | Run) => {
  if (message.type === "start") start(message);
  else void run(message);
});

function start({ contestant, env, metadata, callers }: Start): void {
  if (contestant === "lightsout") keepHeapSmall();
  const callsFor = createContestant(contestant, env, metadata);
  contest = (tokens, load) => measure(callsFor(callers[tokens] ?? []), load);
  answer({ ready: true });
}

async function run({ tokens, load }: Run): Promise<void> {
  try {
    if (!contest) throw new Error("The contestant has not been started.");
    answer({ sample: await contest(tokens, load) });
  } catch (error) {
    answer({ error: String(error) });
  }
}

function answer(message: Answer): void {
  process.send?.(message);
}
