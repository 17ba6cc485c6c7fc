import type { Context } from "../context.ts";
import type { Cookie, HttpRequest } from "../http/types.ts";
import { type PartitionKey, sessionKey } from "../rows/keys.ts";
import { boundCookie, boundCookieName } from "../session/bound.ts";
import { instructions, proofIn } from "../session/deviceBinding.ts";
import { challengeFor, type Proof, verifyProof } from "../session/deviceProof.ts";
import { identifierOf, readIdentifier } from "../session/deviceSession.ts";
import { readLastSession } from "../session/lastSessionCookie.ts";
import { readSessionCookie } from "../session/sessionCookie.ts";
import { readEntry } from "../store/accounts.ts";
import { bindSession } from "../store/bindSession.ts";

/** What the browser is told once it has proved its key. */
export interface Bound {
  readonly body: ReturnType<typeof instructions>;
  readonly cookies: Cookie[];
}

/**
 * Takes the key that the browser made after the sign-in. A session has one key, for good. The challenge alone registers
 * nothing: the browser has to have a cookie of that session. After the provider's post, that is the one with SameSite=None.
 *
 * @returns undefined when it is refused. @throws {StoreUnavailable} @throws {SealingKeyMissing}
 */
export async function registerDevice(
  context: Context,
  request: HttpRequest,
): Promise<Bound | undefined> {
  const { settings, keyring, store, now, log } = context;
  const sent = proofIn(request);
  if (settings.sessionBinding === "off" || sent === undefined) return undefined;
  let account: PartitionKey | undefined;
  for (const ref of [readSessionCookie(keyring, request), readLastSession(keyring, request)]) {
    if (ref === undefined) continue;
    account ??= ref.partition;
    const session = sessionKey(ref.sessionId);
    const proof = await verifyProof(keyring, "register", session, sent, now());
    if (proof === undefined) continue;
    const isBound = await bindSession(store, ref, proof.key, proof.challengedAt);
    return isBound ? boundTo(context, identifierOf(keyring, ref), session, proof) : undefined;
  }
  if (account) log("warn", "proof.refused", { account, purpose: "register" });
  return undefined;
}

/**
 * Takes a proof of the session's key, or asks for one. It needs no cookie: after a link from another site, the
 * browser sends none.
 *
 * @param identifier As the browser was given it.
 * @returns a challenge, or undefined when the session is over.
 * @throws {StoreUnavailable} @throws {SealingKeyMissing}
 */
export async function refreshDevice(
  context: Context,
  request: HttpRequest,
  identifier: string,
): Promise<Bound | { readonly challenge: string } | undefined> {
  const { settings, keyring, store, now, log } = context;
  const ref = readIdentifier(keyring, identifier);
  if (settings.sessionBinding === "off" || ref === undefined) return undefined;
  const key = (await readEntry(store, ref))?.entry.binding?.key;
  if (key === undefined) return undefined;
  const session = sessionKey(ref.sessionId);
  const sent = proofIn(request);
  const proof = sent && (await verifyProof(keyring, "refresh", session, sent, now(), key));
  if (proof) return boundTo(context, identifier, session, proof);
  if (sent) log("warn", "proof.refused", { account: ref.partition, purpose: "refresh" });
  return { challenge: challengeFor(keyring, "refresh", session, now()) };
}

function boundTo(
  { settings, keyring, now }: Context,
  identifier: string,
  session: string,
  { challengedAt }: Proof,
): Bound {
  return {
    body: instructions(settings, identifier, boundCookieName(session)),
    cookies: [boundCookie(keyring, session, challengedAt, now())],
  };
}
