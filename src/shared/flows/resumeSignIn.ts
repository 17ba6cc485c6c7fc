import {
  type InteractionRequired,
  type LightsoutError,
  SignInOvertaken,
  SignInRejected,
} from "../base/errors.ts";
import type { Context } from "../context.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { type SignInState, unsealState } from "../session/signInState.ts";
import { knownSession } from "../web/admission.ts";
import { signInUrl } from "../web/signInUrl.ts";

/** What came of the provider's answer. */
export interface Answered {
  /** Where the browser goes on. For a refused sign-in, the link that starts it again. */
  readonly location: string;
  readonly cookies: Cookie[];
  /** What else the browser is told. */
  readonly headers?: Record<string, string>;
  readonly refused?: LightsoutError;
}

/**
 * Takes an answer that came too late or twice, after a redirect: a post from the provider's site does not carry the
 * session's cookie. A signed-in user goes on to where the sign-in was going. Anybody else gets a page with a link there.
 *
 * @throws {SignInRejected} The `state` is not ours. @throws {StoreUnavailable}
 */
export async function resumeSignIn(
  context: Context,
  request: HttpRequest,
  state: string,
): Promise<Answered> {
  const { origin } = context.settings;
  const goal = readState(context, state);
  if (await knownSession(context, request)) {
    return { location: origin + goal.returnTo, cookies: [] };
  }
  const overHttp = origin.startsWith("http:");
  const refused = new SignInRejected("expired", (say) =>
    overHttp ? say.expiredOverHttp : say.expired,
  );
  logRefusal(context, refused);
  return { location: startAgain(context, goal), cookies: [], refused };
}

/** @throws {SignInRejected} The `state` is not ours, or a week old. */
export function readState(context: Context, state: string): SignInState {
  const goal = unsealState(context.keyring, state, context.now());
  if (goal !== undefined) return goal;
  const { origin, home } = context.settings;
  const refused = new SignInRejected("state_unknown", (say) =>
    say.unknownState((origin + home).replace(/\/$/, "")),
  );
  logRefusal(context, refused);
  throw refused;
}

/** The link that starts a refused sign-in again. @param more What the provider needs. */
export function startAgain(
  { settings }: Context,
  { scopes, returnTo }: SignInState,
  more?: InteractionRequired,
): string {
  return signInUrl(settings.baseUrl, { scopes, claims: more?.claims }, returnTo);
}

export function logRefusal({ log }: Context, error: LightsoutError): void {
  if (error instanceof SignInRejected) {
    log("warn", "signin.refused", { reason: error.reason });
  }
  if (error instanceof SignInOvertaken) log("info", "signin.overtaken");
}
