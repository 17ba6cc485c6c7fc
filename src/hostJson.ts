import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Env } from "./shared/config/env.ts";

/** Overrides host.json. */
const OVERRIDE = "AzureFunctionsJobHost__extensions__http__routePrefix";

/**
 * Reads the prefix that the host puts in front of every route.
 *
 * @param folder The folder of `host.json`.
 * @returns an empty text, or a path such as `/api`. If `host.json` cannot be read, the path of `APP_BASE_URL`.
 */
export function readRoutePrefix(folder: string, env: Env): string {
  const prefix = env[OVERRIDE] ?? prefixIn(join(folder, "host.json")) ?? pathOf(env.APP_BASE_URL);
  const path = prefix.replace(/^\/+|\/+$/g, "");
  // As it comes in the address of a request.
  return path && new URL(`/${path}`, "http://localhost").pathname;
}

function prefixIn(file: string): string | undefined {
  try {
    const { extensions } = JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, ""));
    return extensions?.http?.routePrefix ?? "api";
  } catch {
    return undefined;
  }
}

function pathOf(address = ""): string {
  return URL.canParse(address) ? new URL(address).pathname : "";
}
