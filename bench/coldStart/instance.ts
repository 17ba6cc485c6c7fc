import type { ChildProcess } from "node:child_process";
import { tmpdir } from "node:os";
import { performance } from "node:perf_hooks";
import {
  forkWorker,
  forwardOutput,
  tell,
  waitForExit,
  waitUntilReady,
} from "../../local/host/child.ts";
import { createKeys } from "../../local/host/keys.ts";
import { freePort } from "../../local/ports.ts";
import { createSender } from "../lib/http.ts";

/** A function app on the disk. */
export interface Place {
  readonly root: string;
  readonly main: string;
}

/**
 * How an instance starts: with a process for this app, or, as on Flex Consumption, with one that was waiting for any, and
 * gets the app's settings and folder when it is asked for.
 */
export type Order = "plain" | "flex";

export interface FirstRequest {
  readonly path: string;
  readonly headers?: Record<string, string>;
}

/** Milliseconds from the moment at which the app is asked for. */
export interface Took {
  readonly wall: number;
  /** Of the host's process. */
  readonly cpu: number;
}

const TIMEOUT_MS = 30_000;

/**
 * Up to the first answer.
 * @param worker The host's program. @param ready Runs when the app is loaded, before it is asked.
 */
export async function firstAnswer(
  worker: string,
  { root, main }: Place,
  settings: Readonly<Record<string, string>>,
  order: Order,
  { path, headers = {} }: FirstRequest,
  ready: () => Promise<void> = async () => {},
): Promise<Took> {
  const port = await freePort();
  const env = { ...process.env, ...settings };
  let [before, cpuBefore] = [performance.now(), 0];
  const child =
    order === "plain" ? forkWorker(root, env, worker) : forkWorker(tmpdir(), process.env, worker);
  const exited = waitForExit(child);
  forwardOutput(child, () => {});
  if (order === "flex") {
    await message(child, "waiting");
    cpuBefore = await cpuOf(child);
    before = performance.now();
  }
  const app = { root, main, port, keys: createKeys(), timers: false, isLogged: false };
  tell(child, { type: "start", ...app, ...(order === "flex" && { env }) });
  await waitUntilReady(child, exited, TIMEOUT_MS);
  await ready();
  const sender = createSender(`http://localhost:${port}`);
  try {
    const { status } = await sender.send(path, { headers });
    const wall = performance.now() - before;
    if (status !== 200) throw new Error(`The first answer of ${main} was ${status}.`);
    return { wall, cpu: (await cpuOf(child)) - cpuBefore };
  } finally {
    sender.close();
    tell(child, { type: "stop" });
    await exited;
  }
}

async function cpuOf(child: ChildProcess): Promise<number> {
  const answer = message(child, "cpu");
  child.send({ type: "cpu" });
  return (await answer).milliseconds ?? Number.NaN;
}

interface Said {
  readonly type: string;
  readonly milliseconds?: number;
}

function message(child: ChildProcess, type: string): Promise<Said> {
  const { promise, resolve } = Promise.withResolvers<Said>();
  child.on("message", (said: Said) => {
    if (said.type === type) resolve(said);
  });
  return promise;
}
