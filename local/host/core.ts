import Module from "node:module";
import type { LogCategory, LogLevel, RpcInvocationRequest, RpcInvocationResponse } from "./rpc.ts";

export interface Binding {
  type: string;
  direction: "in" | "out";
  [option: string]: unknown;
}

interface FunctionMetadata {
  name: string;
  functionId?: string;
  bindings: Record<string, Binding>;
}

type FunctionCallback = (...args: unknown[]) => unknown;
type HookCallback = (context: unknown) => unknown;
export type Log = (level: LogLevel, category: LogCategory, message: string) => void;

export interface RegisteredFunction {
  metadata: FunctionMetadata;
  callback: FunctionCallback;
}

export interface CoreInvocationContext {
  invocationId: string;
  request: RpcInvocationRequest;
  metadata: FunctionMetadata;
  state: "preInvocationHooks" | "postInvocationHooks" | "invocation" | undefined;
  log: Log;
}

interface InvocationModel {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<RpcInvocationResponse>;
}

interface ProgrammingModel {
  name: string;
  version: string;
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

const HOOKS = ["preInvocation", "postInvocation", "appStart", "appTerminate"] as const;
type HookName = (typeof HOOKS)[number];

/** What an app registered through `@azure/functions-core`. */
export interface AppRegistry {
  functions: Map<string, RegisteredFunction>;
  hooks: Record<HookName, HookCallback[]>;
  appHookData: Record<string, unknown>;
  programmingModel: ProgrammingModel | undefined;
  /** Set once the app has started: from then on functions cannot be registered. */
  locked: boolean;
}

export function createRegistry(): AppRegistry {
  return {
    functions: new Map(),
    hooks: { preInvocation: [], postInvocation: [], appStart: [], appTerminate: [] },
    appHookData: {},
    programmingModel: undefined,
    locked: false,
  };
}

/**
 * Makes `require("@azure/functions-core")` answer with the worker's API. That module is on no registry: the real worker
 * injects it in the same way.
 */
export function provideCoreModule(registry: AppRegistry, log: Log): void {
  const core = createCoreModule(registry, log);
  const prototype = Module.prototype as unknown as { require: (id: string) => unknown };
  const load = prototype.require;
  prototype.require = function (this: unknown, id: string) {
    return id === "@azure/functions-core" ? core : load.call(this, id);
  };
}

export async function runHooks(registry: AppRegistry, name: HookName, context: object) {
  for (const hook of registry.hooks[name]) await hook(context);
}

function createCoreModule(registry: AppRegistry, log: Log) {
  return {
    version: "3.10.1",
    hostVersion: "4.1036.1.0",
    log,
    Disposable,
    getProgrammingModel: () => registry.programmingModel,
    setProgrammingModel(model: ProgrammingModel) {
      registry.programmingModel = model;
    },
    registerFunction(metadata: FunctionMetadata, callback: FunctionCallback) {
      if (registry.locked) {
        throw systemError(new Error("A function can only be registered during app startup."));
      }
      const id = metadata.functionId ?? metadata.name;
      if (registry.functions.has(id)) {
        throw systemError(new Error(`A function with id "${id}" has already been registered.`));
      }
      registry.functions.set(id, { metadata, callback });
      return new Disposable(() => {
        if (registry.locked) {
          throw systemError(new Error("A function can only be disposed during app startup."));
        }
        registry.functions.delete(id);
      });
    },
    registerHook(name: string, callback: HookCallback) {
      const hooks = registry.hooks[name as HookName];
      if (!hooks) throw systemError(new RangeError(`Unrecognized hook "${name}"`));
      hooks.push(callback);
      return new Disposable(() => {
        const index = hooks.indexOf(callback);
        if (index >= 0) hooks.splice(index, 1);
      });
    },
  };
}

class Disposable {
  static from(...disposables: { dispose(): unknown }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }

  #callOnDispose: (() => unknown) | undefined;

  constructor(callOnDispose: () => unknown) {
    this.#callOnDispose = callOnDispose;
  }

  dispose(): void {
    const call = this.#callOnDispose;
    this.#callOnDispose = undefined;
    call?.();
  }
}

function systemError<E extends Error>(error: E): E {
  return Object.assign(error, { isAzureFunctionsSystemError: true });
}
