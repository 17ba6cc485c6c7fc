import { AppRefused, InteractionRequired } from "../base/errors.ts";
import type { SessionContent } from "../store/account.ts";
import type { EntryRead } from "../store/accounts.ts";
import type { SessionRef } from "../store/segments.ts";

/** What a refresh is to get. */
export interface RefreshGoal {
  readonly tenantId: string;
  /** Without scopes, it only confirms the grant. */
  readonly scopes: readonly string[];
  /** The claims challenge that it answers. */
  readonly claims: string | undefined;
}

/** What is in the table once a refresh is over. */
export interface RefreshResult {
  readonly content: SessionContent;
  /** The token that was asked for, where it is this refresh that has got it. */
  readonly accessToken: string | undefined;
}

export interface RunningRefresh {
  readonly asked: RefreshGoal;
  /** Resolves to undefined if the table has to be read. */
  readonly outcome: Promise<RefreshResult | undefined>;
}

/**
 * Of a request that waits for refreshes. A round is lost to another refresh, which it has waited for, or to another write,
 * which it has read. So there are no pauses between rounds, and more of them than in store/rounds.ts.
 */
export const MOST_ROUNDS = 100;
/** How many versions. */
const REMEMBERED = 1_000;
/** How many sessions whose grant was not confirmed, and for how long each. */
const FAILURES = 10_000;
const FAILURE_LIFETIME_MS = 60_000;

/**
 * The refreshes of this process: one at a time for each session. Whoever needs another one waits for it, and looks
 * first at what has come of it. Only who has unsealed the session gets as far as here.
 */
export class Refreshes {
  readonly #running = new Map<string, RunningRefresh>();
  readonly #replaced = new Set<string>();
  readonly #failures = new Map<string, { readonly error: unknown; readonly at: number }>();

  running(ref: SessionRef): RunningRefresh | undefined {
    return this.#running.get(keyOf(ref));
  }

  /** Only where none is {@link running}. */
  start(
    ref: SessionRef,
    asked: RefreshGoal,
    work: () => Promise<RefreshResult | undefined>,
  ): RunningRefresh {
    const key = keyOf(ref);
    const refresh = { asked, outcome: work().finally(() => this.#running.delete(key)) };
    this.#running.set(key, refresh);
    return refresh;
  }

  /** Remembers that these tokens have been written over. */
  replaced(read: EntryRead): void {
    this.#replaced.add(versionOf(read));
    const [oldest] = this.#replaced;
    if (this.#replaced.size > REMEMBERED && oldest) this.#replaced.delete(oldest);
  }

  /** Whether these tokens are known to be old ones: reading again is cheaper than a refresh in vain. */
  hasReplaced(read: EntryRead): boolean {
    return this.#replaced.has(versionOf(read));
  }

  /** Remembers why the provider did not confirm this session's grant. @param now Milliseconds since 1970. */
  failed(ref: SessionRef, error: unknown, now: number): void {
    const key = keyOf(ref);
    this.#failures.delete(key);
    this.#failures.set(key, { error, at: now });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > FAILURES && oldest) this.#failures.delete(oldest);
  }

  /** Why the last try failed, if that was within the last minute. */
  failureOf(ref: SessionRef, now: number): unknown {
    const { error, at = 0 } = this.#failures.get(keyOf(ref)) ?? {};
    return Math.abs(now - at) < FAILURE_LIFETIME_MS ? error : undefined;
  }
}

/** Whether the same request would be sent for both. */
export function isSame(a: RefreshGoal, b: RefreshGoal): boolean {
  return textOf(a) === textOf(b);
}

/** Whether a refresh has failed for what it asked for, so that one for something else may succeed. */
export function isTheirs(error: unknown, theirs: RefreshGoal, ours: RefreshGoal): boolean {
  const isOfRequest = error instanceof InteractionRequired || error instanceof AppRefused;
  return isOfRequest && !isSame(theirs, ours);
}

function textOf({ tenantId, scopes, claims }: RefreshGoal): string {
  const names = scopes.map((scope) => scope.toLowerCase()).sort();
  return JSON.stringify([tenantId, names, claims]);
}

function keyOf({ partition, generation, sessionId }: SessionRef): string {
  return `${partition}/${generation}/${sessionId}`;
}

/** The tag of sealed bytes: no two are the same. */
function versionOf({ entry }: EntryRead): string {
  return Buffer.from(entry.segment.bytes.subarray(-16)).toString("base64url");
}
