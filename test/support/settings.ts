import type { Env } from "../../src/shared/config/env.ts";
import { readSettings, type Settings } from "../../src/shared/config/settings.ts";

export const BASE_URL = "https://app.example.com";
export const CLIENT_ID = "0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d";
export const TENANT_ID = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";
export const KEYS = `k1:${Buffer.alloc(32, 7).toString("base64")}`;
export const SECRET = "c1ient-s3cret~value";

/** App settings that are complete. `undefined` takes one away. */
export function env(changes: Env = {}): Env {
  return {
    APP_BASE_URL: BASE_URL,
    ENTRA_CLIENT_ID: CLIENT_ID,
    ENTRA_TENANT_ID: TENANT_ID,
    ENTRA_CLIENT_SECRET: SECRET,
    TOKEN_CACHE_STORAGE: "UseDevelopmentStorage=true",
    TOKEN_CACHE_KEYS: KEYS,
    ...changes,
  };
}

export function settings(changes: Env = {}): Settings {
  return readSettings(env(changes));
}
