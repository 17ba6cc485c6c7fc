import type { INetworkModule } from "@azure/msal-node";
import { ProviderUnavailable } from "../errors.ts";
import type { Answer, Outgoing, Send } from "../http/send.ts";

/** Milliseconds that one request to the identity provider may take. */
const TIMEOUT = 10_000;
/** The longest `Retry-After` that is waited for within a request. Milliseconds. */
const MAX_RETRY_AFTER = 3_000;

/** @throws {ProviderUnavailable} */
export async function getJson(send: Send, url: string): Promise<unknown> {
  try {
    const headers = { accept: "application/json" };
    const { status, body } = await send(url, { headers, timeout: TIMEOUT });
    if (status !== 200) throw new Error(`It answered ${status}.`);
    return JSON.parse(body.toString());
  } catch (cause) {
    throw new ProviderUnavailable(undefined, { cause });
  }
}

/**
 * MSAL's way to the network. Its own client waits for an answer without limit; this one does not, and it
 * tries once more when the provider asks for a short pause (RFC 9110 §10.2.3).
 */
export function createNetworkClient(
  send: Send,
  sleep: (milliseconds: number) => Promise<void>,
): INetworkModule {
  async function exchange(url: string, request: Omit<Outgoing, "timeout">) {
    const once = () => send(url, { ...request, timeout: TIMEOUT });
    let answer = await once();
    const pause = retryAfter(answer);
    if (pause !== undefined && pause <= MAX_RETRY_AFTER) {
      await sleep(pause);
      answer = await once();
    }
    const { status, headers, body } = answer;
    // Neither a redirect nor what a busy provider says is a verdict on the grant.
    if ((status >= 300 && status < 400) || status === 429 || status >= 500) {
      throw new Error(`It answered ${status}.`);
    }
    return {
      status,
      headers: headers as Record<string, string>,
      // MSAL names the type of the body it expects; nothing can be checked here.
      body: JSON.parse(body.toString()) as never,
    };
  }

  return {
    sendGetRequestAsync: (url, options) => exchange(url, { headers: options?.headers ?? {} }),
    sendPostRequestAsync: (url, options) =>
      exchange(url, { method: "POST", headers: options?.headers ?? {}, body: options?.body ?? "" }),
  };
}

function retryAfter({ status, headers }: Answer): number | undefined {
  if (status !== 429 && status !== 503) return undefined;
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  return Number.isFinite(seconds) ? seconds * 1_000 : undefined;
}
