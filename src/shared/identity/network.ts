import type { INetworkModule } from "@azure/msal-node";
import { ProviderUnavailable } from "../errors.ts";

/** Milliseconds that one request to the identity provider may take. */
const TIMEOUT = 10_000;
/** The longest `Retry-After` that is waited for within a request. Milliseconds. */
const MAX_RETRY_AFTER = 3_000;

/** @throws {ProviderUnavailable} */
export async function fetchJson(fetch: typeof globalThis.fetch, url: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      headers: { accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    if (!response.ok) throw new Error(`It answered ${response.status}.`);
    return await response.json();
  } catch (cause) {
    throw new ProviderUnavailable(undefined, { cause });
  }
}

/**
 * MSAL's way to the network. Its own client waits for an answer without limit; this one does not, and it
 * tries once more when the provider asks for a short pause (RFC 9110 §10.2.3).
 */
export function createNetworkClient(
  fetch: typeof globalThis.fetch,
  sleep: (milliseconds: number) => Promise<void>,
): INetworkModule {
  async function send(url: string, init: RequestInit) {
    const once = () =>
      fetch(url, { ...init, redirect: "error", signal: AbortSignal.timeout(TIMEOUT) });
    let response = await once();
    const pause = retryAfter(response);
    if (pause !== undefined && pause <= MAX_RETRY_AFTER) {
      await response.body?.cancel();
      await sleep(pause);
      response = await once();
    }
    // Whatever it says then, it is no verdict on the grant.
    if (response.status === 429 || response.status >= 500) {
      throw new Error(`It answered ${response.status}.`);
    }
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      // MSAL names the type of the body it expects; nothing can be checked here.
      body: (await response.json()) as never,
    };
  }

  return {
    sendGetRequestAsync: (url, options) => send(url, { headers: options?.headers ?? {} }),
    sendPostRequestAsync: (url, options) =>
      send(url, { method: "POST", headers: options?.headers ?? {}, body: options?.body ?? "" }),
  };
}

function retryAfter(response: Response): number | undefined {
  if (response.status !== 429 && response.status !== 503) return undefined;
  const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
