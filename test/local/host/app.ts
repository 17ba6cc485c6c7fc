import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  type FunctionsHost,
  type HostOptions,
  type LogLine,
  startHost,
} from "../../../local/host/host.ts";
import { type RawRequest, sendRaw } from "../../support/raw.ts";

/** Below the project, so that `require("@azure/functions")` finds the installed one. */
const APPS = resolve(import.meta.dirname, "../../../.local");

export interface AppFiles {
  /** The CommonJS body of `main.cjs`; `app` and `output` are in scope. */
  main: string;
  host?: unknown;
  settings?: Record<string, unknown>;
  files?: Record<string, string>;
}

export interface App {
  root: string;
  remove(): Promise<void>;
}

export async function createApp({ main, host, settings, files }: AppFiles): Promise<App> {
  await mkdir(APPS, { recursive: true });
  const root = await mkdtemp(join(APPS, "host-test-"));
  const all: Record<string, string> = {
    "main.cjs": `const { app, output } = require("@azure/functions");\n${main}`,
    "package.json": JSON.stringify({ main: "main.cjs" }),
    "host.json": JSON.stringify(host ?? hostJson()),
    ...(settings && { "local.settings.json": JSON.stringify(settings) }),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) await writeFile(join(root, name), text);
  return { root, remove: () => rm(root, { recursive: true, force: true }) };
}

export function hostJson(http: object = { routePrefix: "" }, rest: object = {}): object {
  return { version: "2.0", extensions: { http }, ...rest };
}

export interface RunningApp {
  host: FunctionsHost;
  lines: LogLine[];
  stop(): Promise<void>;
}

export async function runApp(
  files: AppFiles,
  options: Omit<HostOptions, "root" | "onLog"> = {},
): Promise<RunningApp> {
  const app = await createApp(files);
  const lines: LogLine[] = [];
  try {
    const host = await startHost({ ...options, root: app.root, onLog: (line) => lines.push(line) });
    const stop = async () => {
      await host.stop();
      await app.remove();
    };
    return { host, lines, stop };
  } catch (error) {
    await app.remove();
    throw error;
  }
}

/** Why an app does not start, with everything it logged. */
export async function failToRun(files: AppFiles, options: Omit<HostOptions, "root"> = {}) {
  try {
    const { stop } = await runApp(files, options);
    await stop();
  } catch (error) {
    return error as Error & { stderr?: string };
  }
  throw new Error("The app started.");
}

export type SendOptions = Omit<RawRequest, "path"> & { readonly address?: string };

/** A request, and its answer with each line of a header by itself. */
export async function send(
  { port }: Pick<FunctionsHost, "port">,
  path: string,
  { address, headers, ...options }: SendOptions = {},
) {
  const sent = { path, headers: { host: `localhost:${port}`, ...headers }, ...options };
  const { lines, ...answer } = await sendRaw({ url: `http://localhost:${port}` }, sent, address);
  return { ...answer, headers: lines };
}
