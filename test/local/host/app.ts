import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join, resolve } from "node:path";
import {
  type FunctionsHost,
  type HostOptions,
  type LogLine,
  startHost,
} from "../../../local/host/host.ts";

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

export interface Reply {
  status: number;
  headers: Record<string, string[]>;
  body: string;
}

export interface SendOptions {
  method?: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
  address?: string;
  /** Sends the body without a length. */
  chunked?: boolean;
}

/** Sends a path as it is, which `fetch` would normalize. */
export function send(
  { port }: Pick<FunctionsHost, "port">,
  path: string,
  { method = "GET", headers = {}, body, address = "127.0.0.1", chunked = false }: SendOptions = {},
): Promise<Reply> {
  const { promise, resolve: done, reject } = Promise.withResolvers<Reply>();
  const length = body === undefined || chunked ? {} : { "content-length": Buffer.byteLength(body) };
  const outgoing = request(
    {
      ...{ host: address, port, path, method, agent: false },
      headers: toLines({ host: `localhost:${port}`, ...length, ...headers }),
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const headersDistinct = response.headersDistinct as Record<string, string[]>;
        done({
          status: response.statusCode ?? 0,
          headers: headersDistinct,
          body: Buffer.concat(chunks).toString(),
        });
      });
      response.on("error", reject);
    },
  );
  outgoing.on("error", reject);
  if (chunked) outgoing.flushHeaders();
  outgoing.end(body);
  return promise;
}

/** A flat list, because Node joins lines of some headers when it gets an object. */
function toLines(headers: Record<string, string | number | string[]>): string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((line) => [name, String(line)]),
  );
}
