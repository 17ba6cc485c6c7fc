import { createHash } from "node:crypto";
import type { AuthorizeOptions } from "../identity/authorize.ts";

/** What a sign-in asked for, and when it was started: seconds since 1970. */
export type Asked = readonly [need: string, at: number];

type Need = Pick<AuthorizeOptions, "scopes" | "claims" | "maxAge">;

/** For so long, asking for the same again does not help. Seconds. */
const REMEMBERED_SECONDS = 5 * 60;
/** So many sign-ins within that time are a loop, whatever they ask for. */
const MOST = 8;

/** A short name for what a sign-in asks for. It may ask for nothing but the session. */
export function needOf({ scopes, claims, maxAge }: Need): string {
  const names = scopes.map((scope) => scope.toLowerCase()).sort();
  const text = JSON.stringify([names, claims && withoutTimes(claims), maxAge]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 8);
}

/** Challenges of Continuous Access Evaluation have a new time each. */
function withoutTimes(claims: string): unknown {
  return JSON.parse(claims, (name, value) => (name === "nbf" ? null : value));
}

/** The part that still counts. @param now Milliseconds since 1970. */
export function recent(asked: readonly Asked[], now: number): readonly Asked[] {
  return asked.filter(([, at]) => at > now / 1_000 - REMEMBERED_SECONDS).slice(-MOST);
}

/** Whether a sign-in for this would be a loop. @param asked From {@link recent}. */
export function isInVain(asked: readonly Asked[], need: string): boolean {
  return asked.length >= MOST || asked.some(([known]) => known === need);
}
