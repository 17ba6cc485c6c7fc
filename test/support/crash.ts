import type { FunctionsHost } from "../../local/host/host.ts";
import { type Rig, startRig } from "../../local/rig.ts";
import { newFolder } from "./folder.ts";
import { startTableProxy } from "./tableProxy.ts";
import { stepOf } from "./tableStep.ts";

/** A place to kill the app at. */
interface CrashPoint {
  /** For people. */
  readonly title: string;
  /** One of {@link CrashRig.stepsOf}. */
  readonly step: string;
  readonly moment: "before commit" | "after commit";
}

/** A function app that can be killed at any of its requests to the table. */
export interface CrashRig {
  readonly rig: Rig;
  /** The process that is running now. */
  readonly host: FunctionsHost;
  /** What `run` asks of the table, in order. The second of two that are alike ends in `(2)`. */
  stepsOf(run: () => Promise<unknown>): Promise<string[]>;
  /**
   * Runs something until it gets to that point, kills the app there (SIGKILL), and starts it again at the same address.
   * @throws Error when `run` does not get there, or is answered
   */
  crash(point: CrashPoint, run: () => Promise<unknown>): Promise<void>;
  stop(): Promise<void>;
}

/** A crash while reading leaves what a crash after the write before it leaves. */
export function crashPoints(name: string, steps: readonly string[]): CrashPoint[] {
  return steps
    .filter((step) => !/^(read|list) /.test(step))
    .flatMap((step) =>
      (["before commit", "after commit"] as const).map((moment) => ({
        title: `${name} / ${step} / ${moment}`,
        step,
        moment,
      })),
    );
}

export async function startCrashRig(): Promise<CrashRig> {
  // Compiled code is kept: the app is started often.
  const compiled = await newFolder();
  const rig = await startRig({ env: { NODE_COMPILE_CACHE: compiled.path } });
  const proxy = await startTableProxy(rig.azurite);
  const start = () =>
    rig.startHost({
      port: rig.host.port,
      env: { TOKEN_CACHE_STORAGE: proxy.connectionString },
    });
  await rig.host.stop();
  let host = await start();
  // The first request of all makes the table.
  await fetch(`${rig.url}/health`);

  /** Tells every step as it comes, by a name that is its own. */
  function watch(
    admit: (step: string, moment: CrashPoint["moment"]) => boolean | Promise<boolean>,
  ) {
    const counts = new Map<string, number>();
    proxy.admit = (request, moment) => {
      const name = stepOf(request);
      const count = (counts.get(name) ?? 0) + (moment === "before commit" ? 1 : 0);
      counts.set(name, count);
      return admit(count > 1 ? `${name} (${count})` : name, moment);
    };
  }

  return {
    rig,
    get host() {
      return host;
    },

    async stepsOf(run) {
      const steps: string[] = [];
      watch((step, moment) => {
        if (moment === "before commit") steps.push(step);
        return true;
      });
      await run();
      proxy.admit = () => true;
      return steps;
    },

    async crash({ title, step, moment }, run) {
      let reached = false;
      watch(async (currentStep, currentMoment) => {
        if (currentStep !== step || currentMoment !== moment) return !reached;
        reached = true;
        host.kill();
        await host.exited;
        return false;
      });
      const answered = await run().then(
        () => true,
        () => false,
      );
      proxy.admit = () => true;
      if (!reached) throw new Error(`It never got to: ${title}`);
      if (answered) throw new Error(`It was answered in spite of a crash at: ${title}`);
      await host.exited;
      host = await start();
    },

    async stop() {
      await rig.stop();
      await proxy.stop();
      await compiled.stop();
    },
  };
}
