import {
  type InteractionRequired,
  type LightsoutError,
  SignInOvertaken,
  SignInRejected,
} from "../base/errors.ts";
import type { Lightsout } from "../context.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { openState, type SignInState } from "../session/signInState.ts";
import { sessionOf } from "../web/handlers.ts";
import { signInUrl } from "../web/problem.ts";

/** What an answer of the provider led to. */
export interface Answered {
  /** Where the browser goes on; of a sign-in that was refused, what starts it again. */
  readonly location: string;
  readonly cookies: Cookie[];
  readonly refused?: LightsoutError;
}

/**
 * Where an answer goes that came too late or twice. Only here is the session's cookie seen: a post from the
 * provider's site does not carry it. Who is signed in goes on; who is not is told, with a link that leads there.
 *
 * @throws {SignInRejected} The `state` is none of ours. @throws {StoreUnavailable}
 */
export async function resumeSignIn(
  app: Lightsout,
  request: HttpRequest,
  state: string,
): Promise<Answered> {
  const { baseUrl } = app.settings;
  const goal = readState(app, state);
  if (await sessionOf(app, request)) return { location: baseUrl + goal.returnTo, cookies: [] };
  const browsers = baseUrl.startsWith("http:")
    ? ", and over plain http use Chrome, Edge or Firefox"
    : "";
  const refused = new SignInRejected(
    "expired",
    `This sign-in has expired, or its answer came twice. Please start again. If that does not help, allow cookies for this site${browsers}.`,
  );
  logRefusal(app, refused);
  return { location: startAgain(app, goal), cookies: [], refused };
}

/** @throws {SignInRejected} It is none of ours, or a week old. */
export function readState(app: Lightsout, state: string): SignInState {
  const goal = openState(app.store.keyring, state, app.store.now());
  if (goal !== undefined) return goal;
  const refused = new SignInRejected(
    "state_unknown",
    `This is no answer to a sign-in that was started here. Start again at ${app.settings.baseUrl}.`,
  );
  logRefusal(app, refused);
  throw refused;
}

/** What starts a sign-in again that was refused. @param more What the provider wants to be asked for. */
export function startAgain(
  { settings }: Lightsout,
  { scopes, returnTo }: SignInState,
  more?: InteractionRequired,
): string {
  return signInUrl(settings.baseUrl, { scopes, claims: more?.claims }, returnTo);
}

export function logRefusal({ store }: Lightsout, error: LightsoutError): void {
  if (error instanceof SignInRejected) {
    store.log("warn", "signin.refused", { reason: error.reason });
  }
  if (error instanceof SignInOvertaken) store.log("info", "signin.overtaken");
}
