import type { Binding, RegisteredFunction } from "./core.ts";
import { compileRoute, type RouteMatcher } from "./routes.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";

export type AuthLevel = "anonymous" | "function" | "admin";

interface AppFunction extends RegisteredFunction {
  name: string;
  /** The name of the trigger binding. */
  trigger: string;
}

export interface HttpFunction extends AppFunction {
  kind: "http";
  /** `undefined` lets every method in. */
  methods: string[] | undefined;
  /** With the route prefix. */
  route: string;
  authLevel: AuthLevel;
  match: RouteMatcher;
}

export interface TimerFunction extends AppFunction {
  kind: "timer";
  schedule: Schedule;
  runOnStartup: boolean;
  useMonitor: boolean;
}

export interface FunctionIndex {
  /** In the order in which routes are tried. */
  functions: (HttpFunction | TimerFunction)[];
  /** Why a function was not loaded, by its name. */
  errors: [name: string, message: string][];
}

/** Sorts the registered functions by name. Those that the host would refuse are left out, with the reason. */
export function indexFunctions(
  registered: Iterable<RegisteredFunction>,
  routePrefix: string,
  env: Record<string, string | undefined>,
): FunctionIndex {
  const index: FunctionIndex = { functions: [], errors: [] };
  for (const candidate of [...registered].sort(byName)) {
    try {
      const loaded = load(candidate, routePrefix, env);
      if (loaded.kind === "http") refuseConflict(loaded, index.functions);
      index.functions.push(loaded);
    } catch (error) {
      index.errors.push([candidate.metadata.name, (error as Error).message]);
    }
  }
  return index;
}

/** An app setting switches a function off: 404 over HTTP, never run by its timer. */
export function isDisabled(name: string, env: Record<string, string | undefined>): boolean {
  const value = env[`AzureWebJobs.${name}.Disabled`] ?? env[`AzureWebJobs_${name}_Disabled`];
  return value === "1" || value?.toLowerCase() === "true";
}

/** As .NET's StringComparer.OrdinalIgnoreCase. */
function byName(a: RegisteredFunction, b: RegisteredFunction): number {
  const [left, right] = [a.metadata.name.toUpperCase(), b.metadata.name.toUpperCase()];
  return left < right ? -1 : Number(left > right);
}

function load(
  registered: RegisteredFunction,
  routePrefix: string,
  env: Record<string, string | undefined>,
): HttpFunction | TimerFunction {
  const { name, bindings } = registered.metadata;
  if (!/^(?!host$)[a-z][a-z0-9_-]{0,127}$/i.test(name)) {
    throw new Error(`'${name}' is not a valid function name.`);
  }
  const entries = Object.entries(bindings);
  const [trigger, binding] = entries.find(([, { type }]) => /trigger$/i.test(type)) ?? [
    "",
    undefined,
  ];
  if (!binding) throw new Error("A function must have a trigger input binding.");
  const extra = entries.find(([key, { type }]) => key !== trigger && type.toLowerCase() !== "http");
  if (extra) throw new Error(`The binding type '${extra[1].type}' is not simulated locally.`);

  const common = { ...registered, name, trigger };
  switch (binding.type.toLowerCase()) {
    case "httptrigger":
      return { ...common, kind: "http", ...readHttpTrigger(name, binding, routePrefix) };
    case "timertrigger":
      return { ...common, kind: "timer", ...readTimerTrigger(binding, env) };
    default:
      throw new Error(`The trigger type '${binding.type}' is not simulated locally.`);
  }
}

function readHttpTrigger(name: string, binding: Binding, routePrefix: string) {
  const ownRoute = String(binding.route ?? "").trim() || name;
  if (/^\/*(admin|runtime)/i.test(ownRoute)) {
    throw new Error("The specified route conflicts with one or more built in routes.");
  }
  const authLevel = String(binding.authLevel ?? "function").toLowerCase();
  if (!isAuthLevel(authLevel)) throw new Error(`The authLevel '${authLevel}' is not known.`);
  const route = routePrefix === "" ? ownRoute : `${routePrefix}/${ownRoute}`;
  const methods = binding.methods as string[] | undefined;
  return { methods, route, authLevel, match: compileRoute(route) };
}

function isAuthLevel(value: string): value is AuthLevel {
  return ["anonymous", "function", "admin"].includes(value);
}

function refuseConflict(candidate: HttpFunction, loaded: (HttpFunction | TimerFunction)[]) {
  const same = loaded.find(
    (other) =>
      other.kind === "http" &&
      normalize(other.route) === normalize(candidate.route) &&
      (other.methods ?? []).some((method) => candidate.methods?.includes(method) ?? true),
  );
  if (same) {
    throw new Error(
      `The route specified conflicts with the route defined by function '${same.name}'.`,
    );
  }
}

function normalize(route: string): string {
  return route.replace(/^\/+|\/+$/g, "").toLowerCase();
}

function readTimerTrigger(binding: Binding, env: Record<string, string | undefined>) {
  const expression = String(binding.schedule).replace(/^%(.+)%$/, (_, setting: string) => {
    const value = env[setting];
    if (value === undefined) throw new Error(`'%${setting}%' does not resolve to a value.`);
    return value;
  });
  return {
    schedule: parseSchedule(expression),
    runOnStartup: binding.runOnStartup === true,
    useMonitor: binding.useMonitor !== false,
  };
}
