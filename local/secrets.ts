import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { JWK } from "jose";
import { createKeys, type HostKeys } from "./host/keys.ts";

/** The secrets that the local set-up makes. */
export interface Secrets {
  /** Of the Lightsout app registration. */
  clientSecret: string;
  /** Of the other app's registration. */
  otherAppSecret: string;
  /** As in `TOKEN_CACHE_KEYS`. */
  tokenCacheKeys: string;
  /** The dev tenant's private key. */
  signingKey: JWK;
  hostKeys: HostKeys;
}

export function createSecrets(): Secrets {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    clientSecret: randomBytes(24).toString("base64url"),
    otherAppSecret: randomBytes(24).toString("base64url"),
    tokenCacheKeys: `local:${randomBytes(32).toString("base64")}`,
    signingKey: privateKey.export({ format: "jwk" }),
    hostKeys: createKeys(),
  };
}

/**
 * The secrets in `file`, made on first use, readable by its owner only. Sign-ins survive a restart by them.
 * @throws Error The file is there and cannot be used.
 */
export async function loadSecrets(file: string): Promise<Secrets> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Secrets;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw new Error(`${file} cannot be used. Delete it; the next start makes a new one.`);
    }
  }
  const secrets = createSecrets();
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify(secrets, undefined, 2), { mode: 0o600, flag: "wx" });
  return secrets;
}
