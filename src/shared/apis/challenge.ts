import { isClaimsRequest } from "../identity/claimsRequest.ts";

/**
 * The claims of a claims challenge, as JSON for the `claims` request parameter.
 *
 * @param header `WWW-Authenticate` of a 401, such as `Bearer error="insufficient_claims", claims="eyJ…"`
 * (Microsoft identity platform, Claims challenges).
 * @returns undefined when there is none, or none that can be passed on.
 */
export function challengeOf(header: string | undefined): string | undefined {
  const encoded = /(?:^|[\s,])claims="([A-Za-z0-9+/_=-]{1,8192})"/i.exec(header ?? "")?.[1];
  if (encoded === undefined) return undefined;
  const claims = Buffer.from(encoded, "base64").toString();
  return isClaimsRequest(claims) ? claims : undefined;
}
