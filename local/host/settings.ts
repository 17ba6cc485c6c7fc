import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

interface HostJson {
  routePrefix: string;
  customHeaders: Record<string, string>;
  /** Milliseconds; `undefined` is without limit. */
  functionTimeout: number | undefined;
}

const DEFAULT_FUNCTION_TIMEOUT = "00:30:00";

/**
 * Reads `host.json`.
 *
 * @throws Error when the file is missing, is no JSON, or holds a value the Functions host refuses
 */
export function readHostJson(root: string): HostJson {
  const path = join(root, "host.json");
  if (!existsSync(path)) {
    throw new Error("Run this in the folder of your Functions app: host.json is missing here.");
  }
  const json = readJson(path);
  if (json.version !== "2.0") throw new Error(`${path}: "version" must be "2.0"`);
  const http = json.extensions?.http ?? {};
  const { routePrefix = "api", customHeaders = {} } = http;
  if (typeof routePrefix !== "string") {
    throw new Error(`${path}: extensions.http.routePrefix must be a string`);
  }
  if (!isHeaders(customHeaders)) {
    throw new Error(`${path}: extensions.http.customHeaders must hold names and ASCII strings`);
  }
  const functionTimeout = parseTimeout(json.functionTimeout ?? DEFAULT_FUNCTION_TIMEOUT);
  if (functionTimeout === null) {
    throw new Error(`${path}: functionTimeout must be "hh:mm:ss", one second or more, or "-1"`);
  }
  return { routePrefix, customHeaders, functionTimeout };
}

/**
 * Reads the app settings in `Values` of `local.settings.json`; none when there is no such file.
 *
 * @throws Error when the file is no JSON, is encrypted, or holds something other than plain values
 */
export function readLocalSettings(root: string): Record<string, string> {
  const path = join(root, "local.settings.json");
  if (!existsSync(path)) return {};
  const { IsEncrypted, Values = {} } = readJson(path);
  if (IsEncrypted === true) {
    throw new Error(`${path} is encrypted: run "func settings decrypt" first`);
  }
  return Object.fromEntries(
    Object.entries(Values).map(([name, value]) => {
      if (typeof value === "object")
        throw new Error(`${path}: the value of ${name} must be a string`);
      return [name, String(value)];
    }),
  );
}

/**
 * The files that `main` of `package.json` names (it may be a glob).
 *
 * @throws Error when `main` is missing or matches nothing
 */
export function readEntryPoints(root: string, main?: string): { files: string[]; esm: boolean } {
  const path = join(root, "package.json");
  const json = existsSync(path) ? readJson(path) : {};
  const pattern = main ?? json.main;
  if (typeof pattern !== "string") {
    throw new Error(`${path}: "main" must name the file that registers the functions`);
  }
  const files = globSync(pattern, { cwd: root }).map((file) => join(root, file));
  if (files.length === 0) {
    throw new Error(`Worker was unable to load entry point "${pattern}": File does not exist`);
  }
  return { files, esm: json.type === "module" };
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is checked property by property
function readJson(path: string): any {
  try {
    const json: unknown = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
    if (typeof json === "object" && json !== null && !Array.isArray(json)) return json;
  } catch (error) {
    throw new Error(`${path} is not valid JSON: ${(error as Error).message}`);
  }
  throw new Error(`${path} must hold a JSON object`);
}

/** Milliseconds of a .NET TimeSpan, `undefined` for no limit, `null` when malformed or too short. */
/** @returns milliseconds, undefined for no limit, null for what the host refuses */
export function parseTimeout(text: unknown): number | undefined | null {
  if (text === "-1") return undefined;
  const match = /^(?:(\d+)\.)?(\d\d?):(\d\d):(\d\d)$/.exec(String(text));
  if (!match) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  return total >= 1 ? total * 1000 : null;
}

function isHeaders(value: unknown): value is Record<string, string> {
  return (
    typeof value === "object" &&
    value !== null &&
    Object.entries(value).every(
      ([name, text]) =>
        /^[\w!#$%&'*+.^`|~-]+$/.test(name) &&
        typeof text === "string" &&
        /^[\t\x20-\x7e]*$/.test(text),
    )
  );
}
