import type { SignedInSession } from "../../src/shared/session/session.ts";

export interface StubSession extends SignedInSession {
  /** What `getToken` was called with. */
  readonly asked: [readonly string[], string | undefined][];
}

/** A signed-in user whose tokens are `token-1`, `token-2`, … */
export function stubSession(): StubSession {
  const asked: StubSession["asked"] = [];
  return {
    asked,
    account: {
      homeAccountId: "oid.tid",
      tenantId: "tid",
      name: "Adele",
      username: "a@b.example",
      roles: [],
      claims: {},
    },
    signedInAt: 0,
    expiresAt: 0,
    authenticatedAt: undefined,
    acrs: [],
    isLive: async () => true,
    list: () => [],
    getToken: async (scopes, claims) => `token-${asked.push([scopes, claims])}`,
  };
}

/** What Graph answers when it wants claims. */
export function claimsChallenge(claims: string) {
  const encoded = Buffer.from(claims).toString("base64");
  return {
    status: 401,
    headers: {
      "www-authenticate": `Bearer error="insufficient_claims", claims="${encoded}"`,
    },
  };
}
