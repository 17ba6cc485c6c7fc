import type { Tell } from "../base/details.ts";
import {
  ApiUnavailable,
  AppRefused,
  BadRequest,
  CrossSiteRequest,
  DeviceUnproven,
  Forbidden,
  IndexForged,
  InteractionInVain,
  InteractionRequired,
  LightsoutError,
  ManagedIdentityUnavailable,
  NotPermitted,
  ProviderUnavailable,
  RequestTooLarge,
  SealingKeyMissing,
  SessionUnbound,
  SettingInvalid,
  SignedOut,
  SignInOvertaken,
  SignInRejected,
  StoreUnavailable,
  TooManyCalls,
} from "../base/errors.ts";
import { faultFields } from "../table/tableFault.ts";
import type { Language, Title } from "./languages/language.ts";
import type { SignInNeed } from "./signInUrl.ts";

/** What a client is told about an error (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** If signing in solves it: what to ask for. */
  readonly signIn?: SignInNeed;
  /** Seconds. */
  readonly retryAfter?: number;
}

const TABLE: readonly [new (...args: never[]) => LightsoutError, number, Title][] = [
  [BadRequest, 400, "badRequest"],
  [SignInRejected, 400, "signInRejected"],
  [SignedOut, 401, "signedOut"],
  [InteractionRequired, 401, "interactionRequired"],
  [InteractionInVain, 403, "inVain"],
  [CrossSiteRequest, 403, "crossSite"],
  [Forbidden, 403, "forbidden"],
  [NotPermitted, 403, "notPermitted"],
  [SessionUnbound, 403, "sessionUnbound"],
  [SignInOvertaken, 409, "overtaken"],
  [RequestTooLarge, 413, "requestTooLarge"],
  [TooManyCalls, 429, "tooManyCalls"],
  [AppRefused, 500, "appRefused"],
  [ManagedIdentityUnavailable, 503, "noIdentity"],
  [ProviderUnavailable, 503, "providerUnavailable"],
  [DeviceUnproven, 503, "deviceUnproven"],
  [IndexForged, 503, "indexForged"],
  [SealingKeyMissing, 503, "keyMissing"],
  [SettingInvalid, 503, "notSetUp"],
  [StoreUnavailable, 503, "storeUnavailable"],
];

const INTERNAL = [undefined, 500, "internal"] as const;
const NO_IDENTITY: Tell = (say) => say.noIdentity;

/** The default. Seconds. */
const RETRY_AFTER_SECONDS = 2;

/** The one place where errors become HTTP. An error that is not ours is a 500 without details. */
export function problemOf(error: unknown, { titles, details }: Language): Problem {
  const { status, title } = kindOf(error);
  if (title === "internal" || !(error instanceof LightsoutError)) {
    return { type: "about:blank", title: titles.internal, status, detail: details.internal };
  }
  const name = error.code.replace("ERR_", "").toLowerCase().replaceAll("_", "-");
  // Storage may fail because the app's identity gets no token for it.
  const { code } = faultFields(error);
  const tell = code === ManagedIdentityUnavailable.code ? NO_IDENTITY : error.tell;
  return {
    type: `urn:lightsout:problem:${name}`,
    title: titles[title],
    status,
    detail: tell(details),
    ...wayOn(error, status),
  };
}

export function statusOf(error: unknown): number {
  return kindOf(error).status;
}

function kindOf(error: unknown): { readonly status: number; readonly title: Title } {
  if (error instanceof ApiUnavailable) {
    return { status: error.timedOut ? 504 : 502, title: "apiUnavailable" };
  }
  const [, status, title] = TABLE.find(([type]) => error instanceof type) ?? INTERNAL;
  return { status, title };
}

/** The client's next step: signing in, or trying again later. */
function wayOn(error: LightsoutError, status: number): Pick<Problem, "signIn" | "retryAfter"> {
  if (error instanceof InteractionRequired) return { signIn: error };
  if (status === 401) return { signIn: NO_MORE };
  if (status !== 503 && status !== 429) return {};
  const asked = error instanceof ProviderUnavailable ? error.retryAfter : undefined;
  return { retryAfter: asked || RETRY_AFTER_SECONDS };
}

/** It asks for a session, and for nothing else. */
const NO_MORE: SignInNeed = { scopes: [], claims: undefined };
