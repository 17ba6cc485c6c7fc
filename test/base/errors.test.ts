import { describe, expect, it } from "@jest/globals";
import * as errors from "../../src/shared/base/errors.ts";

const made: [errors.LightsoutError, string][] = [
  [new errors.SettingInvalid("m"), "ERR_SETTING_INVALID"],
  [new errors.OptionInvalid("m"), "ERR_OPTION_INVALID"],
  [new errors.BadRequest(() => "m"), "ERR_BAD_REQUEST"],
  [new errors.RequestTooLarge(1), "ERR_REQUEST_TOO_LARGE"],
  [new errors.TooManyCalls(), "ERR_TOO_MANY_CALLS"],
  [new errors.CrossSiteRequest(), "ERR_CROSS_SITE_REQUEST"],
  [new errors.SignedOut(), "ERR_SIGNED_OUT"],
  [new errors.SessionIdle(), "ERR_SIGNED_OUT"],
  [new errors.InteractionRequired(["s"], "c"), "ERR_INTERACTION_REQUIRED"],
  [new errors.SessionUnbound(), "ERR_SESSION_UNBOUND"],
  [new errors.DeviceUnproven(), "ERR_DEVICE_UNPROVEN"],
  [new errors.InteractionInVain(), "ERR_INTERACTION_IN_VAIN"],
  [new errors.SignInRejected("r"), "ERR_SIGN_IN_REJECTED"],
  [new errors.SignInOvertaken(), "ERR_SIGN_IN_OVERTAKEN"],
  [new errors.StoreUnavailable(), "ERR_STORE_UNAVAILABLE"],
  [new errors.IndexForged(), "ERR_INDEX_FORGED"],
  [new errors.SealingKeyMissing("k"), "ERR_SEALING_KEY_MISSING"],
  [new errors.ProviderUnavailable(), "ERR_PROVIDER_UNAVAILABLE"],
  [new errors.AppRefused(() => "w", "f"), "ERR_APP_REFUSED"],
  [new errors.ManagedIdentityUnavailable("m"), "ERR_MANAGED_IDENTITY_UNAVAILABLE"],
  [new errors.Forbidden(), "ERR_FORBIDDEN"],
  [new errors.NotPermitted(), "ERR_NOT_PERMITTED"],
  [new errors.ApiUnavailable(true), "ERR_API_UNAVAILABLE"],
];

describe("errors", () => {
  it.each(made)("%p has a stable code, its class's name, and a message", (error, code) => {
    expect(error).toBeInstanceOf(errors.LightsoutError);
    expect(error).toBeInstanceOf(Error);
    expect(error.code).toBe(code);
    expect((error.constructor as unknown as { code: string }).code).toBe(code);
    expect(error.name).toBe(error.constructor.name);
    expect(error.message).not.toBe("");
  });

  it("are all in this list, and idle sessions are signed out", () => {
    expect(new errors.SessionIdle()).toBeInstanceOf(errors.SignedOut);
    const { LightsoutError: _, ...kinds } = errors;
    expect(new Set(made.map(([error]) => error.constructor))).toEqual(
      new Set(Object.values(kinds)),
    );
    expect(new Set(made.map(([, code]) => code)).size).toBe(made.length - 1);
  });

  it("keep what caused them", () => {
    const cause = new Error("why");
    for (const error of [
      new errors.SettingInvalid("m", { cause }),
      new errors.SignedOut(undefined, { cause }),
      new errors.InteractionRequired([], undefined, { cause }),
      new errors.SignInRejected("r", undefined, { cause }),
      new errors.StoreUnavailable(undefined, { cause }),
      new errors.ProviderUnavailable(undefined, { cause }),
      new errors.AppRefused(() => "w", "f", { cause }),
      new errors.ManagedIdentityUnavailable("m", { cause }),
      new errors.ApiUnavailable(false, { cause }),
    ]) {
      expect(error.cause).toBe(cause);
    }
  });
});
