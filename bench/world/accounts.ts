import { randomUUID } from "node:crypto";
import type { Context } from "../../src/shared/context.ts";
import { generationRow, type HomeAccountId, type Sid } from "../../src/shared/rows/keys.ts";
import { SESSION_COOKIE, sessionCookie } from "../../src/shared/session/sessionCookie.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { storeSignIn } from "../../src/shared/store/signIn.ts";
import type { Store } from "../../src/shared/store/store.ts";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { userOf } from "./setUp.ts";
import { cacheOfUser, graphTokenOf } from "./tokens.ts";

/** A user who is signed in, and everything that any contestant needs to act for them. */
export interface SignedIn {
  readonly ref: HeldSession;
  readonly cookie: string;
  readonly sid: string;
  /** Where the tokens are. */
  readonly row: { readonly partitionKey: string; readonly rowKey: string };
  readonly graphToken: string;
}

/** Stores a sign-in as the callback does, with this cache as what the provider gave. */
export async function storeUser(
  store: Store,
  tenantId: string,
  lifetime: number,
  cache: TokenCache,
  number: number,
): Promise<{ ref: HeldSession; sid: string }> {
  const { oid, name, username } = userOf(number);
  const sid = randomUUID();
  const now = store.now();
  const session = {
    homeAccountId: `${oid}.${tenantId}` as HomeAccountId,
    tenantId,
    identity: { iss: `https://login.microsoftonline.com/${tenantId}/v2.0`, sub: oid, oid },
    name,
    username,
    device: "Edge on Windows",
    roles: [],
    claims: {},
    acrs: [],
    issuedAt: now,
    confirmedAt: now,
    signedInAt: now,
    expiresAt: now + lifetime,
  };
  return { ref: await storeSignIn(store, { session, cache, sids: [sid as Sid] }), sid };
}

export async function signIn(
  { store, settings }: Context,
  tenantId: string,
  model: TokenCache,
  number: number,
): Promise<SignedIn> {
  const { sessionLifetime } = settings;
  const cache = cacheOfUser(model, number);
  const { ref, sid } = await storeUser(store, tenantId, sessionLifetime, cache, number);
  const { value } = sessionCookie(store.keyring, ref, sessionLifetime);
  return {
    ref,
    cookie: `${SESSION_COOKIE}=${value}`,
    sid,
    row: { partitionKey: ref.partition, rowKey: generationRow(ref.generation) },
    graphToken: graphTokenOf(cache),
  };
}
