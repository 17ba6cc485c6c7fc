import { ApiUnavailable, LightsoutError } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { isStream, type Opened, type Outgoing, TimeoutError } from "../net/open.ts";
import type { SignedInSession } from "../session/session.ts";
import type { DeclaredApi } from "./api.ts";
import { asUser } from "./asUser.ts";

/** As whom an API is called. */
export interface Caller extends Pick<SignedInSession, "getToken"> {
  readonly account: Pick<SignedInSession["account"], "homeAccountId">;
}

/**
 * Calls an API with the user's token, in the user's turn. The turn lasts until the answer's body is read
 * or destroyed.
 *
 * @throws {InteractionRequired} @throws {ApiUnavailable} @throws {TooManyCalls} and what `getToken` throws.
 */
export async function callApi(
  context: Pick<Context, "open" | "turnsAt">,
  session: Caller,
  api: Pick<DeclaredApi, "route" | "timeout">,
  scopes: readonly string[],
  url: string | URL,
  request: Omit<Outgoing, "timeout"> = {},
): Promise<Opened> {
  const { homeAccountId } = session.account;
  const { route, timeout } = api;
  let isSent = false;

  async function send(token: string): Promise<Opened> {
    // What is streamed is gone. The token is new: whoever sends it again gets through.
    if (isSent && isStream(request.body)) throw new ApiUnavailable(false);
    isSent = true;
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const { promise, resolve, reject } = Promise.withResolvers<Opened>();
    const turn = context.turnsAt(route).take(homeAccountId, async () => {
      const answer = await context.open(url, { ...request, headers, timeout });
      resolve(answer);
      if (!answer.body.closed) await new Promise((end) => answer.body.once("close", end));
    });
    turn.catch((error) => reject(unavailable(error)));
    return promise;
  }

  return asUser(session, scopes, send, ({ status, headers, body }) => {
    if (status === 401) body.destroy();
    return { status, challenge: headers["www-authenticate"] };
  });
}

/** An error that is not ours has come from the API, or from the way there. */
export function unavailable(cause: unknown): LightsoutError {
  if (cause instanceof LightsoutError) return cause;
  return new ApiUnavailable(cause instanceof TimeoutError, { cause });
}
