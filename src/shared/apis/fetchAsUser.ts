import { LightsoutError } from "../base/errors.ts";
import { isLoopback } from "../config/env.ts";
import type { Context } from "../context.ts";
import { TimeoutError } from "../net/open.ts";
import type { SignedInSession } from "../session/session.ts";
import type { WhileSignedIn } from "../session/signOutWatch.ts";
import { asUser } from "./asUser.ts";
import { unavailable } from "./callApi.ts";

export interface FetchInit extends RequestInit {
  /** What the call takes, of one resource. */
  readonly scopes: readonly string[];
}

/**
 * `fetch` with the user's token. A claims challenge is answered once; the answer's body ends at most 30 s after a
 * sign-out. A redirect to another origin goes there without the token (Fetch Standard, HTTP-redirect fetch).
 *
 * @throws {InteractionRequired} @throws {SignedOut} @throws {ApiUnavailable} and what `getToken` throws; or the reason
 * that the caller has given it up for, unless that is a time-out. So does the body that is read.
 */
export async function fetchAsUser(
  context: Pick<Context, "fetch" | "watchSignOut">,
  session: SignedInSession,
  input: string | URL,
  { scopes, signal, ...init }: FetchInit,
): Promise<Response> {
  const url = new URL(input);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLoopback(url))) {
    throw new TypeError("A token goes over https only, or to this machine.");
  }
  const whileSignedIn = context.watchSignOut(session);
  const ended = new AbortController();
  const signals = signal ? [signal, ended.signal] : [ended.signal];
  const failed = (error: unknown) => {
    ended.abort();
    return signal?.aborted && !isTimeout(error) ? error : unavailable(timely(error));
  };
  const send = (token: string) => {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${token}`);
    const sent = context.fetch(url, { ...init, headers, signal: AbortSignal.any(signals) });
    return whileSignedIn(sent);
  };
  try {
    const answer = await asUser(session, scopes, send, ({ status, headers, url: answered }) => {
      // Who answers elsewhere has not seen the token, and has no say about it.
      const isOwn = new URL(answered || url).origin === url.origin;
      return {
        status: isOwn ? status : 0,
        challenge: headers.get("www-authenticate") ?? undefined,
      };
    });
    return watched(answer, whileSignedIn, failed);
  } catch (error) {
    throw failed(error);
  }
}

/** The same answer, whose body comes only while somebody is signed in. */
function watched(
  answer: Response,
  whileSignedIn: WhileSignedIn,
  failed: (error: unknown) => unknown,
): Response {
  if (answer.body === null) return answer;
  const reader = answer.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await whileSignedIn(reader.read());
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          controller.error(failed(error));
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    // Nothing is read, and so nothing watched, before somebody asks for it.
    { highWaterMark: 0 },
  );
  const { url, redirected } = answer;
  return Object.defineProperties(new Response(body, answer), {
    url: { value: url },
    redirected: { value: redirected },
  });
}

function isTimeout(error: unknown): boolean {
  return Object(error).name === "TimeoutError";
}

function timely(error: unknown): unknown {
  if (error instanceof LightsoutError || !isTimeout(error)) return error;
  return new TimeoutError("There was no answer in time.", { cause: error });
}
