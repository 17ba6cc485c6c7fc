import { createHash } from "node:crypto";

/**
 * The keys under which things are kept. Ids are hashed: a `sid` may hold characters that are illegal in a
 * key (`/ \ # ?`), and whoever reads the table learns nobody's name from it. 43 characters of base64url.
 */
function hash(kind: string, id: string): string {
  return createHash("sha256").update(`lightsout/${kind}\0${id}`).digest("base64url");
}

/** The partition of one account. @param homeAccountId `<oid>.<tid>` of the home tenant, in any case. */
export function accountPartition(homeAccountId: string): string {
  return `a.${hash("account", homeAccountId.toLowerCase())}`;
}

/** The partition of one identity provider session. `sid` is compared to the letter. */
export function sidPartition(sid: string): string {
  return `s.${hash("sid", sid)}`;
}

/** The name under which a session is kept in its account's entity: the session id itself is only in the cookie. */
export function sessionKey(sessionId: string): string {
  return hash("session", sessionId);
}

export const HEAD = "head";
export const SID = "sid";

/** The row that holds one generation's tokens and sessions. */
export function generationRow(generation: string): string {
  return `c.${generation}`;
}

/** The partition of what expires on the UTC day of `time` (milliseconds since 1970). */
export function expiryPartition(time: number): string {
  return `x.${dayOf(time)}`;
}

/** The row that says an authorization response has been redeemed, filed under the day its request expires. */
export function redemptionRow(state: string, expiresAt: number) {
  return { partitionKey: `t.${dayOf(expiresAt)}`, rowKey: hash("state", state) };
}

/** UTC. @param time Milliseconds since 1970. */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
