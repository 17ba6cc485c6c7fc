import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import type { Op, Result } from "./ops.ts";
import type { FromWorker, ToWorker } from "./worker.ts";

export interface Errand {
  readonly op: Op;
  readonly now: number;
  readonly refs: ReadonlyMap<string, HeldSession>;
  /** Seed of what is random in it. */
  readonly random: string;
  /** Called when a sign-in has been started, and when the token endpoint is asked. */
  readonly onStep: () => void;
}

/** Several processes of the app that share one store. */
export interface Fleet {
  /** @param worker Which of them does it. */
  perform(worker: number, errand: Errand): Promise<Result>;
  stop(): Promise<void>;
}

export async function startFleet(
  size: number,
  connectionString: string,
  weakness?: string,
): Promise<Fleet> {
  const pending = new Map<number, { readonly errand: Errand; end(result: Result): void }>();
  const program = fileURLToPath(new URL("worker.ts", import.meta.url));
  const args = [connectionString, ...(weakness ? [weakness] : [])];
  const workers = Array.from({ length: size }, () => {
    const worker = fork(program, args, { execArgv: ["--no-warnings"] });
    worker.setMaxListeners(0);
    worker.on("message", (message: FromWorker) => receive(worker, message));
    return worker;
  });
  await Promise.all(workers.map((worker) => once(worker, "spawn")));
  let jobs = 0;

  function receive(worker: ChildProcess, message: FromWorker): void {
    const job = pending.get(message.job);
    if (message.kind === "ended") {
      pending.delete(message.job);
      job?.end(message.result);
    } else {
      job?.errand.onStep();
      tell(worker, { kind: "token", job: message.job });
    }
  }

  return {
    perform(index, errand) {
      const worker = workers[index % size] as ChildProcess;
      const job = ++jobs;
      const { promise, resolve, reject } = Promise.withResolvers<Result>();
      worker.once("exit", reject);
      pending.set(job, {
        errand,
        end(result) {
          worker.off("exit", reject);
          resolve(result);
        },
      });
      const { op, now, refs, random } = errand;
      tell(worker, { kind: "perform", job, op, now, refs: [...refs], random });
      return promise;
    },
    async stop() {
      const exits = workers.map((worker) => once(worker, "exit"));
      for (const worker of workers) worker.disconnect();
      await Promise.all(exits);
    },
  };
}

function tell(worker: ChildProcess, message: ToWorker): void {
  worker.send(message);
}
