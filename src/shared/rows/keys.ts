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

/** The partition that leads from a user, as a `logout_token` names one, to the account. */
export function subjectPartition(subject: string): string {
  return `u.${hash("sub", subject)}`;
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

/** Of what expires: the same things on the same day are one row, however often they are filed. */
export function expiryRow(
  { partition, generation }: { readonly partition: string; readonly generation: string },
  sids: readonly string[],
): string {
  return hash("expiry", [partition, generation, ...sids].join(" "));
}

/** The row that says something was used that may be used once, filed under the day it expires by itself. */
export function usedRow(id: string, expiresAt: number) {
  return { partitionKey: `t.${dayOf(expiresAt)}`, rowKey: hash("used", id) };
}

/** UTC. @param time Milliseconds since 1970. */
function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
