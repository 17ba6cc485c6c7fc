import { ApiUnavailable } from "../base/errors.ts";
import type { Context } from "../context.ts";
import { type Answer, type Outgoing, TimeoutError } from "../net/send.ts";
import type { SignedInSession } from "../session/session.ts";
import type { DeclaredApi } from "./api.ts";
import { asUser } from "./asUser.ts";

/**
 * Calls an API with the user's token, in the user's turn.
 *
 * @throws {InteractionRequired} @throws {ApiUnavailable} @throws {TooManyCalls} and what `getToken` throws.
 */
export async function callApi(
  context: Pick<Context, "send" | "turnsAt">,
  session: SignedInSession,
  api: Pick<DeclaredApi, "route" | "timeout">,
  scopes: readonly string[],
  url: string | URL,
  request: Omit<Outgoing, "timeout"> = {},
): Promise<Answer> {
  const { homeAccountId } = session.account;
  const { route, timeout } = api;
  const send = (token: string) =>
    context.turnsAt(route).take(homeAccountId, async () => {
      const headers = { ...request.headers, authorization: `Bearer ${token}` };
      try {
        return await context.send(url, { ...request, headers, timeout });
      } catch (cause) {
        throw new ApiUnavailable(cause instanceof TimeoutError, { cause });
      }
    });
  return asUser(session, scopes, send, ({ status, headers }) => ({
    status,
    challenge: headers["www-authenticate"],
  }));
}
