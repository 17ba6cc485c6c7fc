import { randomBytes } from "node:crypto";

/** The app registration and the secrets of a run. Nothing outside of it ever sees them. */
export const CLIENT_ID = "c1a5e0f7-3b0e-4d0f-9a0a-11d1e0a5b001";
export const CLIENT_SECRET = "bench-secret";
export const BASE_URL = "http://localhost:7071";
export const REDIRECT_URI = `${BASE_URL}/auth/callback`;
export const SCOPES = ["openid", "profile", "offline_access", "User.Read"];

/** As in `TOKEN_CACHE_KEYS`. */
export function sealingKeys(): string {
  return `bench:${randomBytes(32).toString("base64")}`;
}

/** The user with this number: the same one in every process of a run. */
export function userOf(number: number) {
  return {
    oid: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
    name: `Bench User ${number}`,
    username: `user${number}@contoso.com`,
  };
}
