import type { Tell } from "../base/details.ts";
import { AppRefused, LightsoutError, ProviderUnavailable } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { fixOf } from "../oauth/aadsts.ts";
import { TokenRequestRefused } from "../oauth/network.ts";
import { type GrantType, type Refusal, refusalOf } from "../oauth/refusal.ts";

/**
 * What an error of MSAL means.
 *
 * @param account Whose grant it is, for the log.
 * @returns a refusal that the user or this sign-in has to deal with; undefined for an error that is no refusal.
 * @throws {AppRefused} Only the operator can solve it. @throws {ProviderUnavailable} Time solves it.
 */
export function readRefusal(
  log: Log,
  cause: unknown,
  grantType: GrantType,
  account?: string,
): Refusal | undefined {
  if (cause instanceof LightsoutError) throw cause;
  if (!(cause instanceof TokenRequestRefused)) return undefined;
  const refusal = refusalOf(cause, grantType);
  const { verdict, code, correlationId, number } = refusal;
  const details = { grant: grantType, code, ...(correlationId && { correlationId }) };
  log("warn", "token.refused", { ...details, verdict, ...(account && { account }) });
  if (verdict === "time") {
    throw new ProviderUnavailable(undefined, { cause, retryAfter: cause.retryAfter });
  }
  if (verdict === "app" || verdict === "credential") {
    const fix = fixOf(verdict, number);
    log("error", "app.refused", { ...details, fix });
    const tell: Tell = (say) =>
      verdict === "app" ? say.requestRefused(code) : say.credentialRefused(code);
    throw new AppRefused(tell, fix, { cause });
  }
  return refusal;
}
