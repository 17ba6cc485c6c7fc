import type { Clock, Sleep } from "../base/clock.ts";
import { within } from "../base/within.ts";
import { TimeoutError } from "../net/open.ts";

/**
 * Gets a token for an Azure resource.
 * @param patience Milliseconds that the caller waits at most.
 * @throws {ManagedIdentityUnavailable}
 */
export type TokenSource = (resource: string, patience: number) => Promise<string>;

export interface Fetched {
  readonly token: string;
  /** Milliseconds that it is good for. */
  readonly life: number;
}

/** The endpoint's answer, where it is not a token. */
export class TokenRefused extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`It answered ${status}.`);
    this.status = status;
  }
}

interface Options {
  /** By a monotonic clock. */
  readonly elapsed: Clock;
  readonly sleep: Sleep;
  readonly fetchToken: (resource: string) => Promise<Fetched>;
  /** What a caller is told. */
  readonly unavailable: (resource: string, cause: unknown) => Error;
}

/** Shares of a token's life: when the next one is fetched, and until when this one is used. */
const SHARE = { refresh: 1 / 2, use: 9 / 10 };
/** Milliseconds before the second and the third try of a fetch. */
const PAUSES_MS = [200, 1_000];
/** Milliseconds between a fetch that failed and the next one. */
const REST_MS = 1_000;

/**
 * One token for each resource, shared by all callers. Half way through its life the next one is fetched, while this
 * one is still handed out. One fetch runs at a time. It goes on when its callers have left; when it fails, it fails
 * only for those who wait for it.
 */
export function heldTokens({ elapsed, sleep, fetchToken, unavailable }: Options): TokenSource {
  const resources = new Map<string, Resource>();

  async function fetchWithTries(resource: string): Promise<Fetched> {
    for (const pause of PAUSES_MS) {
      try {
        return await fetchToken(resource);
      } catch (error) {
        if (isFinal(error)) throw error;
        await sleep(pause);
      }
    }
    return await fetchToken(resource);
  }

  async function renew(name: string, resource: Resource): Promise<string> {
    try {
      const { token, life } = await fetchWithTries(name);
      resource.held = { token, life, since: elapsed() };
      return token;
    } catch (cause) {
      const error = unavailable(name, cause);
      resource.failed = { error, at: elapsed() };
      throw error;
    } finally {
      resource.fetch = undefined;
    }
  }

  /** One at a time. A failure that nobody waits for is not an unhandled rejection. */
  function begin(name: string, resource: Resource): Promise<string> {
    const { failed } = resource;
    if (failed && elapsed() - failed.at < REST_MS) return rejected(failed.error);
    resource.fetch ??= handled(renew(name, resource));
    return resource.fetch;
  }

  return async (name, patience) => {
    const resource = resources.get(name) ?? {};
    resources.set(name, resource);
    const { held } = resource;
    const age = held ? elapsed() - held.since : 0;
    if (!held || age >= held.life * SHARE.use) {
      return await within(sleep, patience, begin(name, resource), () => {
        throw unavailable(name, new TimeoutError(`There was no token within ${patience} ms.`));
      });
    }
    if (age >= held.life * SHARE.refresh) void begin(name, resource);
    return held.token;
  };
}

interface Resource {
  held?: Fetched & { readonly since: number };
  failed?: { readonly error: Error; readonly at: number };
  fetch?: Promise<string> | undefined;
}

/** The endpoint knows the question, and says no. */
function isFinal(error: unknown): boolean {
  return error instanceof TokenRefused && [400, 401, 403].includes(error.status);
}

function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function rejected(error: Error): Promise<never> {
  return handled(Promise.reject(error));
}
