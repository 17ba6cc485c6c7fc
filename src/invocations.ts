import { AsyncLocalStorage } from "node:async_hooks";
import type { app, InvocationContext } from "@azure/functions";
import { twentyPerMinute } from "./shared/base/damped.ts";
import type { Log } from "./shared/base/log.ts";

/** A log that writes to the running invocation, or to the console after it: a sign-out may go on for longer. */
export function followInvocations(hook: Pick<typeof app.hook, "preInvocation">): Log {
  const invocation = new AsyncLocalStorage<{ context: InvocationContext | undefined }>();

  hook.preInvocation((starting) => {
    const { functionHandler, invocationContext } = starting;
    const running: ReturnType<typeof invocation.getStore> = { context: invocationContext };
    starting.functionHandler = (...args) =>
      invocation.run(running, async () => {
        try {
          return await functionHandler(...args);
        } finally {
          running.context = undefined;
        }
      });
  });

  const write: Log = (level, event, details) => {
    (invocation.getStore()?.context ?? console)[level](JSON.stringify({ event, ...details }));
  };
  const where = () => invocation.getStore()?.context?.functionName ?? "";
  return twentyPerMinute(write, where, () => performance.now());
}
