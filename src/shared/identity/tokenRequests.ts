import type { TokenRequests, TokenRequestsOptions } from "./msal.ts";

/**
 * Loads MSAL, a third of the code, for the first sign-in or refresh. A new process answers the front channel without it, and
 * everybody whose token is at hand.
 */
export function createTokenRequests(options: TokenRequestsOptions): TokenRequests {
  let loaded: Promise<TokenRequests> | undefined;
  const load = () =>
    (loaded ??= import("./msal.ts").then((msal) => msal.tokenRequestsWithMsal(options)));
  return {
    createClient: async (...request) => (await load()).createClient(...request),
    tokens: {
      redeem: async (...request) => (await load()).tokens.redeem(...request),
      refresh: async (...request) => (await load()).tokens.refresh(...request),
    },
  };
}
