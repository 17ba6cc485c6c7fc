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

/**
 * Looks up the key of a request: the header, else the `code` parameter, whatever that is for.
 *
 * @throws Error when there is one and the key store fails
 */
export function lookUpKey(
  { headers, query }: HostRequest,
  keyStoreFault: boolean,
): string | undefined {
  const key = headers["x-functions-key"]?.[0] ?? query.get("code")?.[0];
  if (key && keyStoreFault) throw new Error("The key store is out of reach.");
  return key;
}

export function opens(keys: HostKeys, key: string | undefined, level: AuthLevel): boolean {
  if (level === "anonymous" || key === keys.master) return true;
  return level === "function" && key === keys.default;
}
