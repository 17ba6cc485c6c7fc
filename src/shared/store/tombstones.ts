import { SignInOvertaken } from "../base/errors.ts";

/**
 * What a sign-out leaves behind for sign-ins of the same provider session that are under way. The provider
 * may sign that session in again, so a tombstone stops only the sign-ins that were started before it.
 */
export interface Tombstone {
  /** Random, and no two are the same. Who has seen it when it started, started after the sign-out. */
  readonly version: string;
  /** When it was made, by the clock of the instance that made it. Milliseconds since 1970. */
  readonly leftAt?: number;
  /** Of the back channel: the ID tokens that are meant are those issued up to then. Milliseconds since 1970. */
  readonly issuedUntil?: number;
}

/** How a sign-in began, which may have been on another instance. */
export interface SignInStart {
  /** By the clock of that instance. Milliseconds since 1970. */
  readonly at: number;
  /** Versions of the tombstones that were there. */
  readonly seen: readonly string[];
}

/** A sign-in as far as tombstones can stop it. */
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
 * How long a tombstone has to be kept: somebody may take 15 minutes on the sign-in page and a callback 2, and the
 * clocks that say so may differ. Milliseconds.
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
 * Whether an ID token is newer than a logout token. Both times are the provider's, so the clocks of our
 * instances do not count; where its own may differ, the ID token counts as the older one.
 */
export function isIssuedAfter(issuedAt: number, until: number): boolean {
  return issuedAt > until + PROVIDER_CLOCKS_APART_MS;
}
