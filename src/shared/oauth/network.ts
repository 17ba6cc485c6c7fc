import { AuthError, type INetworkModule } from "@azure/msal-node";
import type { Outgoing } from "../net/open.ts";
import { retryAfterOf } from "../net/retryAfter.ts";
import type { Answer, Send } from "../net/send.ts";
import type { TokenError } from "./refusal.ts";

/** Milliseconds that one request to the identity provider may take. */
const TIMEOUT_MS = 10_000;
/** The longest `Retry-After` that is waited for within a request. Seconds. */
const MAX_PAUSE_SECONDS = 3;
/** The longest `Retry-After` that is passed on. Seconds. */
const MAX_RETRY_AFTER_SECONDS = 3_600;

/**
 * The token endpoint's answer where it is not a success, unchanged. MSAL would turn it into a message and choose an
 * error class by words in that. It passes an `AuthError` on as it is.
 */
export class TokenRequestRefused extends AuthError implements TokenError {
  readonly status: number;
  readonly body: unknown;
  /** Seconds (RFC 9110 §10.2.3). */
  readonly retryAfter: number | undefined;

  constructor(answer: Answer) {
    super("token_request_refused", "", `It answered ${answer.status}.`);
    // MSAL's constructor resets the prototype.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "TokenRequestRefused";
    this.status = answer.status;
    this.body = jsonOf(answer.body);
    const seconds = retryAfterOf(answer.headers);
    this.retryAfter = seconds && Math.min(seconds, MAX_RETRY_AFTER_SECONDS);
  }
}

/** A request without an answer. MSAL would drop the cause. It passes an `AuthError` on as it is. */
export class Unreached extends AuthError {
  readonly url: string;

  constructor(url: string, cause: unknown) {
    super("unreached", `${new URL(url).host} does not answer.`);
    // MSAL's constructor resets the prototype.
    Object.setPrototypeOf(this, new.target.prototype);
    this.name = "Unreached";
    this.url = url.replace(/[?#].*/, "");
    this.cause = cause;
  }
}

function unreached(url: string) {
  return (cause: unknown): never => {
    throw new Unreached(url, cause);
  };
}

/**
 * MSAL's way to the network. Its own client waits for an answer without limit; this one does not, and it
 * tries once more when the provider asks for a short pause.
 *
 * @throws {TokenRequestRefused} @throws {Unreached} It throws them to whoever asked MSAL.
 */
export function createNetworkClient(
  send: Send,
  sleep: (milliseconds: number) => Promise<void>,
  timeout = TIMEOUT_MS,
): INetworkModule {
  async function exchange(url: string, request: Omit<Outgoing, "timeout">) {
    const once = () => send(url, { ...request, timeout }).catch(unreached(url));
    let answer = await once();
    const pause = isBusy(answer) ? retryAfterOf(answer.headers) : undefined;
    if (pause !== undefined && pause <= MAX_PAUSE_SECONDS) {
      await sleep(pause * 1_000);
      answer = await once();
    }
    const { status, headers, body } = answer;
    if (status < 200 || status >= 300) throw new TokenRequestRefused(answer);
    return {
      status,
      headers: headers as Record<string, string>,
      // MSAL names the type of the body it expects; nothing can be checked here.
      body: JSON.parse(body.toString()) as never,
    };
  }

  return {
    sendGetRequestAsync: (url, options) => exchange(url, { headers: options?.headers ?? {} }),
    sendPostRequestAsync(url, options) {
      const { headers = {}, body = "" } = options ?? {};
      return exchange(url, { method: "POST", headers, body, isRepeatable: isRedemption(body) });
    },
  };
}

/**
 * A code that is sent twice is refused the second time, and nothing else. A refresh token may be the end of its
 * whole family at a provider that rotates them.
 */
function isRedemption(body: string): boolean {
  return new URLSearchParams(body).get("grant_type") === "authorization_code";
}

function isBusy({ status }: Answer): boolean {
  return status === 429 || status === 503;
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
