import { randomUUID } from "node:crypto";
import { type AppRegistry, type CoreInvocationContext, runHooks } from "./core.ts";
import type { HttpFunction, TimerFunction } from "./functions.ts";
import type { LogLine } from "./log.ts";
import type { RpcInput, RpcInvocationResponse, RpcTypedData } from "./rpc.ts";

export interface Invocation {
  input: RpcInput;
  traceParent?: string | undefined;
  /** Default: a new one. */
  invocationId?: string;
  triggerMetadata?: Record<string, RpcTypedData>;
}

export type Invoke = (
  target: HttpFunction | TimerFunction,
  invocation: Invocation,
) => Promise<RpcInvocationResponse>;

/** A function failed; the host has logged it. */
export class InvocationError extends Error {}

/** It took longer than `functionTimeout`. */
export class FunctionTimeout extends Error {}

/**
 * Makes the function that runs an app's functions, logs their runs, and ends them after `timeout` milliseconds. It
 * rejects with an InvocationError.
 */
export function createInvoke(
  registry: AppRegistry,
  log: (line: LogLine) => void,
  timeout: number | undefined,
): Invoke {
  return async (target, { input, traceParent, invocationId = randomUUID(), ...more }) => {
    const { triggerMetadata = {} } = more;
    const started = performance.now();
    const about = { functionName: target.name, invocationId };
    const report = (level: LogLine["level"], message: string) =>
      log({ level, category: "system", ...about, message });
    const context: CoreInvocationContext = {
      invocationId,
      request: {
        invocationId,
        functionId: target.metadata.functionId ?? target.name,
        inputData: [{ name: target.trigger, data: input }],
        triggerMetadata,
        traceContext: { traceParent: continueTrace(traceParent), traceState: "" },
      },
      metadata: target.metadata,
      state: undefined,
      log: (level, category, message) => log({ level, category, ...about, message }),
    };

    report("information", `Executing 'Functions.${target.name}' (Id=${invocationId})`);
    try {
      const response = await withTimeout(runInvocation(registry, target, context), timeout);
      const duration = Math.round(performance.now() - started);
      const details = `(Succeeded, Id=${invocationId}, Duration=${duration}ms)`;
      report("information", `Executed 'Functions.${target.name}' ${details}`);
      return response;
    } catch (error) {
      const { message, stack = message } = toError(error);
      const duration = Math.round(performance.now() - started);
      const details = `(Failed, Id=${invocationId}, Duration=${duration}ms)`;
      report("error", `Executed 'Functions.${target.name}' ${details}\n${stack}`);
      throw new InvocationError(message, { cause: error });
    }
  };
}

/** The steps of the worker's InvocationHandler. */
async function runInvocation(
  registry: AppRegistry,
  target: HttpFunction | TimerFunction,
  coreContext: CoreInvocationContext,
): Promise<RpcInvocationResponse> {
  const model = registry.programmingModel?.getInvocationModel(coreContext);
  if (!model) throw new Error("No programming model is set.");
  const { context, inputs } = await model.getArguments();
  const hookData = {};
  const shared = {
    get hookData() {
      return hookData;
    },
    get appHookData() {
      return registry.appHookData;
    },
    get invocationContext() {
      return context;
    },
  };

  const before = extend(shared, { functionCallback: target.callback, inputs });
  coreContext.state = "preInvocationHooks";
  await runHooks(registry, "preInvocation", before);

  const after = extend(shared, {
    inputs: before.inputs,
    result: null as unknown,
    error: null as unknown,
  });
  coreContext.state = "invocation";
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error;
  }
  coreContext.state = "postInvocationHooks";
  await runHooks(registry, "postInvocation", after);
  coreContext.state = undefined;

  // `throw undefined` counts as no error, in the worker too.
  if (after.error !== null && after.error !== undefined) throw after.error;
  return model.getResponse(context, after.result);
}

/** Keeps the getters of `base`, which makes what they return read-only. */
function extend<A extends object, B extends object>(base: A, own: B): A & B {
  return Object.defineProperties(own, Object.getOwnPropertyDescriptors(base)) as A & B;
}

async function withTimeout<T>(work: Promise<T>, timeout: number | undefined): Promise<T> {
  if (timeout === undefined) return work;
  const { promise, reject } = Promise.withResolvers<never>();
  const expire = () =>
    reject(new FunctionTimeout(`Timeout value of ${timeout} ms exceeded by function`));
  const timer = setTimeout(expire, timeout);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

function continueTrace(traceParent = ""): string {
  const [, traceId = randomHex()] =
    /^00-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/.exec(traceParent) ?? [];
  return `00-${traceId}-${randomHex().slice(16)}-01`;
}

/** 32 digits. Node has random UUIDs in store, and no random bytes. */
function randomHex(): string {
  return randomUUID().replaceAll("-", "");
}

function toError(error: unknown): Error {
  if (error instanceof Error) return error;
  return new Error(typeof error === "string" ? error : JSON.stringify(error));
}
