import { SignInOvertaken } from "../base/errors.ts";

/**
 * What a sign-out leaves behind for sign-ins of the same provider session that are under way. The provider
 * may sign that session in again, so a tombstone stops only the sign-ins that were started before it.
 */
export interface Tombstone {
  /** Random and unique. A sign-in that had seen it at its start was started after the sign-out. */
  readonly version: string;
  /** Of the front channel: when it was made, by that instance's clock. Milliseconds since 1970. */
  readonly leftAt?: number;
  /** Of the back channel: it concerns ID tokens issued up to then. Milliseconds since 1970. */
  readonly issuedUntil?: number;
}

/** How a sign-in began, perhaps on another instance. */
export interface SignInStart {
  /** By the clock of that instance. Milliseconds since 1970. */
  readonly at: number;
  /** Versions of the tombstones that were there. */
  readonly seen: readonly string[];
}

/** What tombstones are compared with. */
export interface Started {
  readonly start: SignInStart;
  /** `iat` of its ID token. Milliseconds since 1970. */
  readonly issuedAt: number;
}

/** No two instances' clocks differ by more. Milliseconds. */
export const CLOCKS_APART_MS = 10 * 60_000;
/** No two clocks of one identity provider differ by more. Milliseconds. */
const PROVIDER_CLOCKS_APART_MS = 5_000;
/**
 * How long an early tombstone counts: longer than 15 minutes on the sign-in page, 2 for the callback, and the
 * difference between clocks. Milliseconds.
 */
export const TOMBSTONE_LIFETIME_MS = 30 * 60_000;

/** @throws {SignInOvertaken} One of the sign-outs may have come after the sign-in was started. */
export function assertStartedAfter(
  tombstones: readonly Tombstone[],
  { start, issuedAt }: Started,
): void {
  for (const { version, leftAt, issuedUntil } of tombstones) {
    if (start.seen.includes(version)) continue;
    if (leftAt !== undefined && start.at > leftAt + CLOCKS_APART_MS) continue;
    if (issuedUntil !== undefined && isIssuedAfter(issuedAt, issuedUntil)) continue;
    throw new SignInOvertaken();
  }
}

/**
 * Whether an ID token is newer than a logout token. Both times are by the provider's clocks. Within the difference
 * between those, the ID token counts as older.
 */
export function isIssuedAfter(issuedAt: number, until: number): boolean {
  return issuedAt > until + PROVIDER_CLOCKS_APART_MS;
}
