import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type AppSettings, appSettings, hasTenant } from "./settings.ts";

/** What `npm start` tells other commands in the same checkout. */
interface Running {
  pid: number;
  /** The app settings it made up. */
  env: Record<string, string>;
}

const fileIn = (root: string) => join(root, ".local", "running.json");

/** Leaves word, for its owner only, until `stop`. */
export async function noteRunning(root: string, env: Running["env"]) {
  const file = fileIn(root);
  const note: Running = { pid: process.pid, env };
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify(note), { mode: 0o600 });
  return {
    async stop(): Promise<void> {
      // Another one may have been started since.
      if (readRunning(root)?.pid === process.pid) await rm(file, { force: true });
    },
  };
}

/** Whoever names one of these in the environment means another app than the one that `npm start` runs. */
const OTHERS = /^(ENTRA_CLIENT_ID|(TOKEN_CACHE_STORAGE|AzureWebJobsStorage)(__tableServiceUri)?)$/;

/**
 * App settings as the functions have them: those of `npm start` while it runs, on top of the environment and
 * `local.settings.json`. Once these name a tenant or a table of their own, they alone count.
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
  if (running === undefined || isOther || isOutdated) {
    return { settings, source: "local.settings.json and the environment" };
  }
  return { settings: { ...settings, ...running.env }, source: "npm start" };
}

function readRunning(root: string): Running | undefined {
  try {
    const running = JSON.parse(readFileSync(fileIn(root), "utf8")) as Running;
    // Throws when there is no such process: it was killed and could not take its word back.
    process.kill(running.pid, 0);
    return running;
  } catch {
    return undefined;
  }
}
