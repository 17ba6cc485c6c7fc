import { once } from "node:events";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { dirname, join } from "node:path";
import { isFree } from "./ports.ts";
import { type AppSettings, appSettings, hasTenant } from "./settings.ts";

/** What `lightsout dev` tells other commands in the same folder. */
interface Running {
  pid: number;
  /** A port that it holds while it lives. Its pid alone may belong to another process by now. */
  lock: number;
  /** The app's address, once everything runs. */
  url?: string;
  /** The app settings that it made. */
  env: Record<string, string>;
}

const fileIn = (root: string) => join(root, ".local", "running.json");

/**
 * Reserves the app's folder until `stop`, because only one `lightsout dev` can use its tables and its build.
 * @throws Error another one has it.
 */
export async function holdFolder(root: string) {
  const file = fileIn(root);
  const other = readRunning(root);
  if (other !== undefined && !(await isFree(other.lock))) {
    const where = other.url === undefined ? "" : `: ${other.url}`;
    throw new Error(`lightsout dev already runs here (pid ${other.pid})${where}. Stop it first.`);
  }
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const { port: lock } = holder.address() as AddressInfo;
  const note = (known: Pick<Running, "env" | "url">) => {
    const running: Running = { pid: process.pid, lock, ...known };
    // Readable by its owner only, and never half written.
    writeFileSync(`${file}.new`, JSON.stringify(running), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  // Tables and secrets of this machine do not belong in a repository.
  writeFileSync(join(dirname(file), ".gitignore"), "*\n");
  note({ env: {} });
  return {
    /** Writes down the address and the settings for other commands. */
    note,
    async stop(): Promise<void> {
      if (readRunning(root)?.lock === lock) rmSync(file, { force: true });
      holder.close();
      await once(holder, "close");
    },
  };
}

/** With one of these in the environment, a command means another app than that of `lightsout dev`. */
const OTHERS = /^(ENTRA_CLIENT_ID|(TOKEN_CACHE_STORAGE|AzureWebJobsStorage)(__tableServiceUri)?)$/;

/**
 * The functions' app settings: those of `lightsout dev` while it runs, on top of the environment and
 * `local.settings.json`. If these name a tenant or a table, they alone count.
 *
 * @throws Error `local.settings.json` cannot be used.
 */
export function settingsInUse(
  root: string,
  environment: AppSettings = process.env,
): { settings: AppSettings; source: string } {
  const settings = appSettings(root, environment);
  const running = readRunning(root);
  const isOther = Object.keys(environment).some((name) => OTHERS.test(name) && environment[name]);
  const isOutdated = running && hasTenant(settings) && hasTenant(running.env);
  if (running?.url === undefined || isOther || isOutdated) {
    return { settings, source: "local.settings.json and the environment" };
  }
  return { settings: { ...settings, ...running.env }, source: "lightsout dev" };
}

function readRunning(root: string): Running | undefined {
  try {
    const running = JSON.parse(readFileSync(fileIn(root), "utf8")) as Running;
    // Throws when there is no such process: it was killed, and its file was left.
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}
