import type { Account } from "../store/account.ts";
import type { AccountRead } from "../store/accounts.ts";
import type { SessionRef } from "../store/signIn.ts";
import type { GenerationRef } from "../store/store.ts";

/** What a refresh is to get. */
export interface Asked {
  readonly tenantId: string;
  /** Without scopes, it only confirms the grant. */
  readonly scopes: readonly string[];
  /** The claims challenge that it answers. */
  readonly claims: string | undefined;
}

/** What is in the table once a refresh is over. */
export interface Stored {
  readonly account: Account;
  /** The token, if this refresh got one. */
  readonly accessToken: string | undefined;
}

export interface RunningRefresh {
  readonly asked: Asked;
  /** Resolves to undefined if the table has to be read. */
  readonly outcome: Promise<Stored | undefined>;
}

/** How many versions. */
const REMEMBERED = 1_000;
/** How many sessions whose grant was not confirmed, and for how long each. Milliseconds. */
const FAILURES = 10_000;
const FAILURE_LIFETIME_MS = 60_000;

/**
 * The refreshes of this process, one at a time for each generation. A request that needs another refresh waits for the
 * running one, and looks at its result first. Only a request that has read the account itself comes here.
 */
export class Refreshes {
  /** Milliseconds. */
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly #running = new Map<string, RunningRefresh>();
  readonly #replaced = new Set<string>();
  readonly #failures = new Map<string, { readonly error: unknown; readonly at: number }>();

  constructor(sleep: (milliseconds: number) => Promise<void>) {
    this.sleep = sleep;
  }

  running(ref: GenerationRef): RunningRefresh | undefined {
    return this.#running.get(keyOf(ref));
  }

  /** Call it only if none is {@link running}. */
  start(ref: GenerationRef, asked: Asked, work: () => Promise<Stored | undefined>): RunningRefresh {
    const key = keyOf(ref);
    const refresh = { asked, outcome: work().finally(() => this.#running.delete(key)) };
    this.#running.set(key, refresh);
    return refresh;
  }

  /** Remembers that this version has been replaced. */
  replaced(read: AccountRead): void {
    this.#replaced.add(versionOf(read));
    const [oldest] = this.#replaced;
    if (this.#replaced.size > REMEMBERED && oldest) this.#replaced.delete(oldest);
  }

  /** Whether this version is known to be replaced. Then reading again is cheaper than a refresh in vain. */
  hasReplaced(read: AccountRead): boolean {
    return this.#replaced.has(versionOf(read));
  }

  /** Remembers why the provider did not confirm this session's grant. @param now Milliseconds since 1970. */
  failed(ref: SessionRef, error: unknown, now: number): void {
    const key = sessionOf(ref);
    this.#failures.delete(key);
    this.#failures.set(key, { error, at: now });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > FAILURES && oldest) this.#failures.delete(oldest);
  }

  /** Why the last try failed, if that was within the last minute. */
  failureOf(ref: SessionRef, now: number): unknown {
    const { error, at = 0 } = this.#failures.get(sessionOf(ref)) ?? {};
    return Math.abs(now - at) < FAILURE_LIFETIME_MS ? error : undefined;
  }
}

/** Whether the same request would be sent for both. */
export function isSame(a: Asked, b: Asked): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ tenantId, scopes, claims }: Asked): string {
  const names = scopes.map((scope) => scope.toLowerCase()).sort();
  return JSON.stringify([tenantId, names, claims]);
}

function keyOf({ partition, generation }: GenerationRef): string {
  return `${partition}/${generation}`;
}

function sessionOf(ref: SessionRef): string {
  return `${keyOf(ref)}/${ref.sessionId}`;
}

function versionOf(read: AccountRead): string {
  return `${keyOf(read)} ${read.etag}`;
}
