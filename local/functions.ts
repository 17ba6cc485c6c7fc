import type { Backing } from "./backing.ts";
import { type FunctionInfo, type FunctionsHost, startHost } from "./host/host.ts";
import { renderLog } from "./log.ts";
import { paint } from "./screen.ts";

/** An app in the local host, reloaded when it changes. */
export interface Functions {
  /** Settles when the host ends by itself. */
  readonly exited: Promise<void>;
  /** @throws Error It cannot be loaded. Nothing is served then, until a later time succeeds. */
  reload(): Promise<readonly FunctionInfo[]>;
  stop(): Promise<void>;
}

/** It starts nothing before `reload`. */
export function hostFunctions(root: string, backing: Backing): Functions {
  const { promise: exited, resolve: end } = Promise.withResolvers<void>();
  let host: FunctionsHost | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let isOver = false;

  async function halt(): Promise<void> {
    const old = host;
    host = undefined;
    await old?.stop();
  }

  async function load(): Promise<readonly FunctionInfo[]> {
    await halt();
    if (isOver) return [];
    const started = await start(root, backing);
    host = started;
    void started.exited.then(() => {
      if (host === started) end();
    });
    if (started.functions.length > 0) return started.functions;
    await halt();
    throw new Error("The function app cannot be loaded.");
  }

  return {
    exited,
    reload() {
      const loaded = turn.then(load);
      turn = loaded.catch(() => {});
      return loaded;
    },
    async stop() {
      isOver = true;
      await turn;
      await halt();
    },
  };
}

function start(root: string, { port, env, secrets, onLog }: Backing): Promise<FunctionsHost> {
  return startHost({
    root,
    port,
    env,
    keys: secrets.hostKeys,
    timers: true,
    onLog(line) {
      onLog?.(line);
      const text = renderLog(line, new Date(), paint);
      if (text !== undefined) console.log(text);
    },
  });
}
