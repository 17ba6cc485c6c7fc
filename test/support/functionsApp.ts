import type { lightsout } from "../../src/lightsout.ts";

type FunctionsApp = Parameters<typeof lightsout>[0];

/** As much of a Functions app as Lightsout takes; it keeps the names of what is registered. */
export function recorder() {
  const registered = new Set<string>();
  const add = (name: string) => void registered.add(name);
  const nothing = () => ({ dispose() {} });
  const app = {
    http: add,
    timer: add,
    hook: { appStart: nothing, preInvocation: nothing, appTerminate: nothing },
  } as unknown as FunctionsApp;
  return { app, names: () => [...registered].sort() };
}
