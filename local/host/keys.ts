import { randomBytes } from "node:crypto";
import type { AuthLevel } from "./functions.ts";
import type { HostRequest } from "./request.ts";

export interface HostKeys {
  /** Opens the admin endpoints and every function. */
  master: string;
  /** Opens every function of level `function`. */
  default: string;
}

export function createKeys(): HostKeys {
  const [master, byDefault] = [randomBytes(32), randomBytes(32)];
  return { master: master.toString("base64url"), default: byDefault.toString("base64url") };
}

/** The key of a request: the header, else the `code` parameter, whatever that is for. */
export function lookUpKey({ headers, query }: HostRequest): string | undefined {
  return headers["x-functions-key"]?.[0] ?? query.get("code")?.[0];
}

export function opens(keys: HostKeys, key: string | undefined, level: AuthLevel): boolean {
  if (level === "anonymous" || key === keys.master) return true;
  return level === "function" && key === keys.default;
}
