import type { TimerFunction } from "./functions.ts";
import type { Invoke } from "./invoke.ts";

/** The longest delay `setTimeout` takes, in milliseconds. */
const MAX_DELAY = 2 ** 31 - 1;

const NEVER = "0001-01-01T00:00:00";

/** Runs timer functions, on demand and by their schedule. */
export class Timers {
  readonly #invoke: Invoke;
  readonly #last = new Map<string, string>();

  constructor(invoke: Invoke) {
    this.#invoke = invoke;
  }

  /** Runs it now. It rejects with what the function threw. */
  async run(timer: TimerFunction): Promise<void> {
    const last = this.#last.get(timer.name) ?? NEVER;
    const status = {
      Last: last,
      LastUpdated: last,
      Next: timer.schedule(new Date()).toISOString(),
    };
    const info = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: timer.useMonitor ? status : null,
      IsPastDue: false,
    };
    await this.#invoke(timer, { input: { json: JSON.stringify(info) } });
  }

  /** Runs it at every occurrence, one run after the other; errors are logged by the run. */
  schedule(timer: TimerFunction): void {
    const due = timer.schedule(new Date());
    const wait = () => {
      const remaining = due.getTime() - Date.now();
      if (remaining > 0) setTimeout(wait, Math.min(remaining, MAX_DELAY));
      else void this.#runScheduled(timer, due);
    };
    wait();
  }

  async #runScheduled(timer: TimerFunction, due: Date): Promise<void> {
    await this.run(timer).catch(() => {});
    this.#last.set(timer.name, due.toISOString());
    this.schedule(timer);
  }
}
