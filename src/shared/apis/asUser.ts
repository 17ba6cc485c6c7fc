import { InteractionRequired } from "../base/errors.ts";
import type { SignedInSession } from "../session/session.ts";
import { challengeOf } from "./challenge.ts";

/** The part of an API's answer that is about the token. */
interface Told {
  readonly status: number;
  readonly challenge: string | undefined;
}

/**
 * Sends a request with the user's token. A claims challenge (Continuous Access Evaluation) is answered once with a new
 * token. If the API refuses that too, the user has to act.
 *
 * @param told The answer's status and challenge. `WWW-Authenticate` counts only if it is the API's own.
 * @throws {InteractionRequired} and what `getToken` and `send` throw.
 */
export async function asUser<Answer>(
  { getToken }: Pick<SignedInSession, "getToken">,
  scopes: readonly string[],
  send: (token: string) => Promise<Answer>,
  told: (answer: Answer) => Told,
): Promise<Answer> {
  let answer = await send(await getToken(scopes));
  const { status, challenge } = told(answer);
  if (status !== 401) return answer;

  const claims = challengeOf(challenge);
  if (claims === undefined) throw new InteractionRequired(scopes);
  answer = await send(await getToken(scopes, claims));
  const again = told(answer);
  if (again.status === 401) throw new InteractionRequired(scopes, challengeOf(again.challenge));
  return answer;
}
