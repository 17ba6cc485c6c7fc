/** Everything Lightsout throws on purpose. `code` is stable; `message` says what is wrong and how to fix it. */
export abstract class LightsoutError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = this.constructor.name;
  }
}

/** An app setting is missing or malformed. Its message is for whoever runs the app, and for nobody else. */
export class SettingInvalid extends LightsoutError {
  static readonly code = "ERR_SETTING_INVALID";
  readonly code = SettingInvalid.code;
}

/** An option that `lightsout` was called with is not one, or is malformed. Its message names it, in one line. */
export class OptionInvalid extends LightsoutError {
  static readonly code = "ERR_OPTION_INVALID";
  readonly code = OptionInvalid.code;
}

/** The request cannot be understood. Its message never repeats what was sent. */
export class BadRequest extends LightsoutError {
  static readonly code = "ERR_BAD_REQUEST";
  readonly code = BadRequest.code;
}

/** The request's body is longer than any that this route has a use for. */
export class RequestTooLarge extends LightsoutError {
  static readonly code = "ERR_REQUEST_TOO_LARGE";
  readonly code = RequestTooLarge.code;

  /** @param limit Bytes. */
  constructor(limit: number) {
    super(`The body is too large. At most ${limit} bytes are taken here.`);
  }
}

/** So many calls are under way that this one did not get its turn in time. */
export class TooManyCalls extends LightsoutError {
  static readonly code = "ERR_TOO_MANY_CALLS";
  readonly code = TooManyCalls.code;

  constructor() {
    super("Too many calls are under way. Wait for some of them to end, then send this one again.");
  }
}

/** A request that changes something did not come from this origin. */
export class CrossSiteRequest extends LightsoutError {
  static readonly code = "ERR_CROSS_SITE_REQUEST";
  readonly code = CrossSiteRequest.code;

  constructor() {
    super("This request has to come from a page of this app.");
  }
}

/** Nobody is signed in, or the account's tokens are gone. */
export class SignedOut extends LightsoutError {
  static readonly code = "ERR_SIGNED_OUT";
  readonly code = SignedOut.code;

  constructor(message = "You are not signed in.", options?: ErrorOptions) {
    super(message, options);
  }
}

/** The user has to go through sign-in again, to consent or to satisfy a policy. */
export class InteractionRequired extends LightsoutError {
  static readonly code = "ERR_INTERACTION_REQUIRED";
  readonly code = InteractionRequired.code;
  readonly scopes: readonly string[];
  /** JSON of the `claims` request parameter (OpenID Connect Core §5.5), if the challenge had one. */
  readonly claims: string | undefined;

  constructor(scopes: readonly string[], claims?: string, options?: ErrorOptions) {
    super(
      "Microsoft Entra ID asks you to sign in again, or to agree to something, before this can go on.",
      options,
    );
    this.scopes = scopes;
    this.claims = claims;
  }
}

/** What came back from the sign-in page is not an answer to a sign-in this browser started. */
export class SignInRejected extends LightsoutError {
  static readonly code = "ERR_SIGN_IN_REJECTED";
  readonly code = SignInRejected.code;
  /** A fixed word for logs and tests, such as `state_unknown`; never a value that was sent. */
  readonly reason: string;

  constructor(
    reason: string,
    message = "This sign-in could not be completed. Please start again.",
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.reason = reason;
  }
}

/** A sign-out overtook a sign-in, or may have: nothing of it is stored. */
export class SignInOvertaken extends LightsoutError {
  static readonly code = "ERR_SIGN_IN_OVERTAKEN";
  readonly code = SignInOvertaken.code;
  /** Where the sign-out has left its tombstone. */
  readonly indexKeys: readonly string[];

  constructor(indexKeys: readonly string[] = []) {
    super(
      "You were signed out while this sign-in was still running, or shortly before. It has not been completed.",
    );
    this.indexKeys = indexKeys;
  }
}

/** Table Storage did not answer, or not clearly, within the time a request may take. */
export class StoreUnavailable extends LightsoutError {
  static readonly code = "ERR_STORE_UNAVAILABLE";
  readonly code = StoreUnavailable.code;

  constructor(
    message = "Table Storage does not answer. Try again in a moment.",
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The row that a `sid` or subject leads to was not written by this app, so nobody knows who had to be signed out. */
export class IndexForged extends LightsoutError {
  static readonly code = "ERR_INDEX_FORGED";
  readonly code = IndexForged.code;

  constructor() {
    super(
      "This app cannot tell whether you are signed out here: what leads to your session was changed by somebody else. Whoever runs this app finds in its log what to do.",
    );
  }
}

/** What is held for the account was sealed with a key that this instance has not got. */
export class SealingKeyMissing extends LightsoutError {
  static readonly code = "ERR_SEALING_KEY_MISSING";
  readonly code = SealingKeyMissing.code;
  /** Id and fingerprint, for the log. */
  readonly key: string;

  constructor(key: string) {
    super(
      "What this app holds for you cannot be opened here at the moment. Try again in a few minutes; whoever runs this app finds in its log what is missing.",
    );
    this.key = key;
  }
}

/** The identity provider did not answer, or answered with a fault of its own. Time solves it. */
export class ProviderUnavailable extends LightsoutError {
  static readonly code = "ERR_PROVIDER_UNAVAILABLE";
  readonly code = ProviderUnavailable.code;
  /** Seconds that the provider asks to wait (RFC 9110 §10.2.3), if it does. */
  readonly retryAfter: number | undefined;
  /** Who does not answer, for the log: without query. */
  readonly url: string | undefined;

  constructor(message?: string, { retryAfter, url, ...options }: ProviderUnavailableOptions = {}) {
    const wait = retryAfter === undefined ? "a moment" : `${retryAfter} seconds`;
    super(message ?? `Microsoft Entra ID does not answer. Try again in ${wait}.`, options);
    this.retryAfter = retryAfter;
    this.url = url?.replace(/[?#].*/, "");
  }
}

interface ProviderUnavailableOptions extends ErrorOptions {
  readonly retryAfter?: number | undefined;
  readonly url?: string;
}

/** The identity provider refuses the app itself, or what it asks for. Only whoever runs the app can mend that. */
export class AppRefused extends LightsoutError {
  static readonly code = "ERR_APP_REFUSED";
  readonly code = AppRefused.code;
  /** What to do, for the log. */
  readonly fix: string;

  /** @param what Such as `the app's credential (AADSTS7000222)`. */
  constructor(what: string, fix: string, options?: ErrorOptions) {
    super(
      `Microsoft Entra ID refuses ${what}. Trying again does not help: whoever runs this app finds in its log what does.`,
      options,
    );
    this.fix = fix;
  }
}

/** The managed identity gives no token: it does not answer, or it is not assigned to the app. */
export class ManagedIdentityUnavailable extends LightsoutError {
  static readonly code = "ERR_MANAGED_IDENTITY_UNAVAILABLE";
  readonly code = ManagedIdentityUnavailable.code;
}

/** The permission table has no row for this Graph call. */
export class NotPermitted extends LightsoutError {
  static readonly code = "ERR_NOT_PERMITTED";
  readonly code = NotPermitted.code;

  constructor() {
    super(
      "This app does not offer that Microsoft Graph call. Its permission table lists the ones it does.",
    );
  }
}

/** Microsoft Graph did not answer in time, or in a way that can be passed on. */
export class GraphUnavailable extends LightsoutError {
  static readonly code = "ERR_GRAPH_UNAVAILABLE";
  readonly code = GraphUnavailable.code;
  readonly timedOut: boolean;

  constructor(timedOut: boolean, options?: ErrorOptions) {
    super("Microsoft Graph does not answer. Try again in a moment.", options);
    this.timedOut = timedOut;
  }
}
