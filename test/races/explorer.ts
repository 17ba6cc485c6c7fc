import { once } from "node:events";
import { types } from "node:util";
import { Worker } from "node:worker_threads";
import type { Exploration, Failure } from "./explore.ts";
import type { WEAKNESSES } from "./weaknesses.ts";

export interface Errand {
  /** The scenario's. */
  readonly name: string;
  readonly weakness?: keyof typeof WEAKNESSES;
  /** Whether rows are sealed as the app seals them. */
  readonly isSealed?: boolean;
}

export interface Explored extends Pick<Exploration, "schedules" | "states"> {
  readonly failure: (Failure["violation"] & { readonly description: string }) | undefined;
}

interface Explorer {
  /** One errand after the other. */
  explore(errand: Errand): Promise<Explored>;
  stop(): Promise<void>;
}

/** Explores in a thread of its own: in one of Jest's contexts it takes twice as long. */
export function startExplorer(): Explorer {
  const thread = new Worker(new URL("explorerThread.ts", import.meta.url));
  return {
    async explore(errand) {
      thread.postMessage(errand);
      const [explored] = await once(thread, "message");
      if (types.isNativeError(explored)) throw explored;
      return explored;
    },
    async stop() {
      await thread.terminate();
    },
  };
}
