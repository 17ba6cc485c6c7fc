import { ENGLISH, type Tell } from "./details.ts";

/**
 * Everything that Lightsout throws on purpose. `code` is stable. `message` is for the log, in English: what is wrong and
 * how to fix it. `tell` picks what a user is told, in the user's language.
 *
 * @example
 * try {
 *   return await session.getToken(["Calendars.Read"]);
 * } catch (error) {
 *   if (error instanceof LightsoutError && error.code === "ERR_INTERACTION_REQUIRED") return undefined;
 *   throw error;
 * }
 */
export abstract class LightsoutError extends Error {
  /** Stable, such as `ERR_SIGNED_OUT`. */
  abstract readonly code: string;
  /** Picks what a user is told. */
  readonly tell: Tell;

  constructor(tell: Tell, options?: ErrorOptions, message = tell(ENGLISH)) {
    super(message, options);
    this.tell = tell;
  }
}

/** A kind of error, by its code. It says the class's name itself: bundlers shorten that. */
function coded<const Code extends string>(code: Code) {
  const words = code.slice("ERR_".length).toLowerCase().split("_");
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
  return class extends LightsoutError {
    static readonly code = code;
    readonly code = code;
    override readonly name: string = name;
  };
}

/** A kind that always says the same. */
function saying<const Code extends string>(code: Code, tell: Tell) {
  return class extends coded(code) {
    constructor(options?: ErrorOptions) {
      super(tell, options);
    }
  };
}

/** An app setting is missing or malformed. Its message is for whoever runs the app, and for nobody else. */
export class SettingInvalid extends coded("ERR_SETTING_INVALID") {
  constructor(message: string, options?: ErrorOptions) {
    super((say) => say.notSetUp, options, message);
  }
}

/** An option that `lightsout` was called with is not one, or is malformed. Its message names it, in one line. */
export class OptionInvalid extends coded("ERR_OPTION_INVALID") {
  constructor(message: string) {
    super((say) => say.internal, undefined, message);
  }
}

/** The request cannot be understood. */
export class BadRequest extends coded("ERR_BAD_REQUEST") {}

/** The request's body is longer than any that this route has a use for. */
export class RequestTooLarge extends coded("ERR_REQUEST_TOO_LARGE") {
  /** @param limit Bytes. */
  constructor(limit: number) {
    super((say) => say.requestTooLarge(limit));
  }
}

/** So many calls are under way that this one did not get its turn in time. */
export class TooManyCalls extends saying("ERR_TOO_MANY_CALLS", (say) => say.tooManyCalls) {}

/** A request that changes something did not come from this origin. */
export class CrossSiteRequest extends saying("ERR_CROSS_SITE_REQUEST", (say) => say.crossSite) {}

/** Nobody is signed in, or the account's tokens are gone. */
export class SignedOut extends coded("ERR_SIGNED_OUT") {
  constructor(tell: Tell = (say) => say.signedOut, options?: ErrorOptions) {
    super(tell, options);
  }

  /** Whether it is the provider that has ended the grant: its refusal is the cause. */
  get isRevoked(): boolean {
    return this.cause !== undefined;
  }
}

/** The session was not used for too long. */
export class SessionIdle extends SignedOut {
  override readonly name = "SessionIdle";
}

/** The browser has registered no key that the session could be bound to, and the app insists on one. */
export class SessionUnbound extends saying("ERR_SESSION_UNBOUND", (say) => say.sessionUnbound) {}

/** The browser could not prove just now that it is the one that signed in. */
export class DeviceUnproven extends saying("ERR_DEVICE_UNPROVEN", (say) => say.deviceUnproven) {}

/** The user has to go through sign-in again, to consent or to satisfy a policy. */
export class InteractionRequired extends coded("ERR_INTERACTION_REQUIRED") {
  readonly scopes: readonly string[];
  /** JSON of the `claims` request parameter (OpenID Connect Core §5.5), if the challenge had one. */
  readonly claims: string | undefined;
  /** How many seconds ago the user may have authenticated. */
  readonly maxAge: number | undefined;
  /** Whether the sign-in has brought all that is needed, and only time has undone it. */
  readonly isByTime: boolean;

  constructor(
    scopes: readonly string[],
    claims?: string,
    {
      maxAge,
      isByTime = false,
      ...options
    }: ErrorOptions & { maxAge?: number | undefined; isByTime?: boolean } = {},
  ) {
    super((say) => say.interactionRequired, options);
    this.scopes = scopes;
    this.claims = claims;
    this.maxAge = maxAge;
    this.isByTime = isByTime;
  }
}

/** The user has just signed in for this, and the sign-in did not bring it: once more would lead round in circles. */
export class InteractionInVain extends saying("ERR_INTERACTION_IN_VAIN", (say) => say.inVain) {}

/** What came back from the sign-in page is not an answer to a sign-in this browser started. */
export class SignInRejected extends coded("ERR_SIGN_IN_REJECTED") {
  /** A fixed word for logs and tests, such as `state_unknown`; never a value that was sent. */
  readonly reason: string;

  constructor(reason: string, tell: Tell = (say) => say.startAgain, options?: ErrorOptions) {
    super(tell, options);
    this.reason = reason;
  }
}

/** A sign-out overtook a sign-in, or may have: nothing of it is stored. */
export class SignInOvertaken extends coded("ERR_SIGN_IN_OVERTAKEN") {
  /** Where the sign-out has left its tombstone. */
  readonly indexKeys: readonly string[];

  constructor(indexKeys: readonly string[] = []) {
    super((say) => say.overtaken);
    this.indexKeys = indexKeys;
  }
}

/** Table Storage did not answer, or not clearly, within the time a request may take. */
export class StoreUnavailable extends coded("ERR_STORE_UNAVAILABLE") {
  constructor(message?: string, options?: ErrorOptions) {
    super((say) => say.storeUnavailable, options, message);
  }
}

/** The row that a `sid` or subject leads to was not written by this app, so nobody knows who had to be signed out. */
export class IndexForged extends saying("ERR_INDEX_FORGED", (say) => say.indexForged) {}

/** What is held for the account was sealed with a key that this instance has not got. */
export class SealingKeyMissing extends coded("ERR_SEALING_KEY_MISSING") {
  /** Id and fingerprint, for the log. */
  readonly key: string;

  constructor(key: string) {
    super((say) => say.keyMissing);
    this.key = key;
  }
}

/** The identity provider did not answer, or answered with a fault of its own. Time solves it. */
export class ProviderUnavailable extends coded("ERR_PROVIDER_UNAVAILABLE") {
  /** Seconds that the provider asks to wait (RFC 9110 §10.2.3), if it does. */
  readonly retryAfter: number | undefined;
  /** Who does not answer, for the log: without query. */
  readonly url: string | undefined;

  constructor(
    message?: string,
    {
      retryAfter,
      url,
      ...options
    }: ErrorOptions & { retryAfter?: number | undefined; url?: string } = {},
  ) {
    super((say) => say.providerUnavailable(retryAfter), options, message);
    this.retryAfter = retryAfter;
    this.url = url?.replace(/[?#].*/, "");
  }
}

/** The identity provider refuses the app itself, or what it asks for. Only whoever runs the app can mend that. */
export class AppRefused extends coded("ERR_APP_REFUSED") {
  /** What to do, for the log. */
  readonly fix: string;

  constructor(tell: Tell, fix: string, options?: ErrorOptions) {
    super(tell, options);
    this.fix = fix;
  }
}

/** The managed identity gives no token: it does not answer, or it is not assigned to the app. */
export class ManagedIdentityUnavailable extends coded("ERR_MANAGED_IDENTITY_UNAVAILABLE") {
  constructor(message: string, options?: ErrorOptions) {
    super((say) => say.noIdentity, options, message);
  }
}

/** The user has none of the app roles that this needs. */
export class Forbidden extends saying("ERR_FORBIDDEN", (say) => say.forbidden) {}

/** The permission table has no row for this call. */
export class NotPermitted extends saying("ERR_NOT_PERMITTED", (say) => say.notPermitted) {}

/** An API, such as Microsoft Graph, did not answer in time, or in a way that can be passed on. */
export class ApiUnavailable extends coded("ERR_API_UNAVAILABLE") {
  readonly timedOut: boolean;

  constructor(timedOut: boolean, options?: ErrorOptions) {
    super((say) => say.apiUnavailable, options);
    this.timedOut = timedOut;
  }
}
