import { createHash } from "node:crypto";
import type { AuthorizeOptions } from "../identity/authorize.ts";

/** What a sign-in was asked for, and when it was started: seconds since 1970. */
export type Asked = readonly [need: string, at: number];

type Need = Pick<AuthorizeOptions, "scopes" | "claims" | "maxAge">;

/** For how long asking for the same once more is no help. Seconds. */
const REMEMBERED_SECONDS = 5 * 60;
/** Who has signed in that often meanwhile is led round in circles, whatever is asked for. */
const MOST = 8;

/** A short name for what a sign-in asks for. Without anything, that is the session alone. */
export function needOf({ scopes, claims, maxAge }: Need): string {
  const names = scopes.map((scope) => scope.toLowerCase()).sort();
  const text = JSON.stringify([names, claims && withoutTimes(claims), maxAge]);
  return createHash("sha256").update(text).digest("base64url").slice(0, 8);
}

/** Continuous Access Evaluation asks with a new time whenever it asks. */
function withoutTimes(claims: string): unknown {
  return JSON.parse(claims, (name, value) => (name === "nbf" ? null : value));
}

/** As far as it still counts. @param now Milliseconds since 1970. */
export function recent(asked: readonly Asked[], now: number): readonly Asked[] {
  return asked.filter(([, at]) => at > now / 1_000 - REMEMBERED_SECONDS).slice(-MOST);
}

/** Whether signing in for this would lead round in circles. @param asked What {@link recent} gave. */
export function isInVain(asked: readonly Asked[], need: string): boolean {
  return asked.length >= MOST || asked.some(([known]) => known === need);
}
