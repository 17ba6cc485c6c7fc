import type { HomeAccountId, Sid } from "../../src/shared/rows/keys.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { type SignIn, storeSignIn } from "../../src/shared/store/signIn.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { TENANT_ID } from "./settings.ts";

const NO_TOKENS: TokenCache = {
  Account: {},
  IdToken: {},
  AccessToken: {},
  RefreshToken: {},
  AppMetadata: {},
};

/** A sign-in at the store's time: of a new user, or of the one that is named. @param lifetime Milliseconds. */
export function signInSomebody(
  store: Store,
  lifetime: number,
  {
    homeAccountId = `${crypto.randomUUID()}.${TENANT_ID}` as HomeAccountId,
    sids = [crypto.randomUUID() as Sid],
    ...more
  }: Partial<Omit<SignIn, "session" | "cache">> & { homeAccountId?: HomeAccountId } = {},
): Promise<HeldSession> {
  const session = {
    tenantId: TENANT_ID,
    homeAccountId,
    identity: { iss: "", sub: "", oid: "" },
    name: "",
    username: "",
    device: "",
    roles: [],
    claims: {},
    acrs: [],
    issuedAt: store.now(),
    confirmedAt: store.now(),
    signedInAt: store.now(),
    expiresAt: store.now() + lifetime,
  };
  return storeSignIn(store, { session, cache: NO_TOKENS, sids, ...more });
}
