import { apiFunctionName } from "../../src/shared/apis/api.ts";
import type { FunctionInfo } from "./ipc.ts";
import { compileRoute } from "./routes.ts";

/** What Lightsout registers in a Functions app, beside a function for every API that the app declares. */
const OURS = new Set([
  ...["authSignIn", "authCallback", "authSession", "authSessions", "authEndSession"],
  ...["authSignOut", "authSignedOut", "authLogoutCallback", "authBackchannelLogout"],
  ...["authDevice", "authDeviceRefresh", "authAccount", "authHome", "authHealth", "authGraph"],
]);

/** Whether Lightsout registers it: by a name of ours, or for an API by that of its route. */
export function isOurs({ name, route = "" }: Pick<FunctionInfo, "name" | "route">): boolean {
  const [api = "", rest] = route.split("/").slice(-2);
  return OURS.has(name) || (rest === "{*path}" && name === apiFunctionName(api));
}

/** A function that the host asks before one of Lightsout's, so that this one does not get its requests. */
interface Shadow {
  readonly name: string;
  readonly over: string;
  /** One of the requests that it takes. */
  readonly path: string;
}

/** The host asks functions in the order of their names, and takes the first whose route fits. */
export function shadowsOf(functions: readonly FunctionInfo[]): Shadow[] {
  const served = functions
    .filter(({ kind }) => kind === "http")
    .map((info) => ({ ...info, match: compileRoute(info.route ?? info.name) }))
    .sort((a, b) => (a.name.toUpperCase() < b.name.toUpperCase() ? -1 : 1));
  return served.flatMap(({ name: over, route = "", methods }) => {
    if (!isOurs({ name: over, route })) return [];
    const path = sampleOf(route);
    const asked = served.slice(
      0,
      served.findIndex(({ name }) => name === over),
    );
    const first = asked.find(
      (other) => !isOurs(other) && meet(other.methods, methods) && other.match(path),
    );
    return first ? [{ name: first.name, over, path }] : [];
  });
}

/** One line, and what to do. */
export function explain({ name, over, path }: Shadow): { readonly what: string; fix: string } {
  return {
    what: `Your function ${name} gets the requests of ${over}, such as ${path}: the host asks functions in the order of their names.`,
    fix: `Give it a name that comes after "auth" in the alphabet, or a route that leaves out ${path}.`,
  };
}

function meet(some: readonly string[] | undefined, others: readonly string[] | undefined): boolean {
  const names = others?.map((method) => method.toUpperCase());
  return some?.some((method) => names?.includes(method.toUpperCase()) ?? true) ?? true;
}

/** A path that fits the route: optional parameters are left out, the others are `x`. */
function sampleOf(route: string): string {
  const segments = route.split("/").filter((segment) => !/^\{[^*]*\?\}$/.test(segment));
  return `/${segments.map((segment) => (segment.startsWith("{") ? "x" : segment)).join("/")}`;
}
