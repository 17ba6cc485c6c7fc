import { hash as digestOf } from "node:crypto";

declare const kind: unique symbol;
/** A string of one kind: another kind's, or a plain one, does not compile in its place. */
type Kind<Name extends string> = string & { readonly [kind]: Name };

/** The identity provider's session id, as an ID token or the front channel names it. Compared to the letter. */
export type Sid = Kind<"Sid">;
/** `<oid>.<tid>` of the user's home tenant, in any case. */
export type HomeAccountId = Kind<"HomeAccountId">;
/** The partition of one account. */
export type PartitionKey = Kind<"PartitionKey">;
/** The partition of what leads to an account: from a `sid`, or from a `sub`. */
export type IndexKey = Kind<"IndexKey">;
/** Names one row of tokens among all that an account ever had. Empty: none. */
export type Generation = Kind<"Generation">;

const HOME_ACCOUNT_ID = /^[0-9a-f-]{36}\.[0-9a-f-]{36}$/i;

/** Whether it has the form that Entra ID gives it. */
export function isHomeAccountId(text: string): text is HomeAccountId {
  return HOME_ACCOUNT_ID.test(text);
}

/**
 * Ids are hashed: a `sid` may hold characters that are illegal in a key (`/ \ # ?`), and whoever reads the table
 * learns nobody's name from it. 43 characters of base64url.
 */
function hash(kind: string, id: string): string {
  return digestOf("sha256", `lightsout/${kind}\0${id}`, "base64url");
}

export function accountPartition(homeAccountId: HomeAccountId): PartitionKey {
  return `a.${hash("account", homeAccountId.toLowerCase())}` as PartitionKey;
}

export function sidPartition(sid: Sid): IndexKey {
  return `s.${hash("sid", sid)}` as IndexKey;
}

/** @param subject The `sub` of an ID token or a `logout_token`. */
export function subjectPartition(subject: string): IndexKey {
  return `u.${hash("sub", subject)}` as IndexKey;
}

/** The name under which a session is kept in its account's row: the session id itself is only in the cookie. */
export function sessionKey(sessionId: string): string {
  return hash("session", sessionId);
}

export function isSessionKey(text: string): boolean {
  return /^[\w-]{43}$/.test(text);
}

/** The row of an account that names its generation. */
export const HEAD = "head";
/** The one row of an index partition. */
export const SID = "sid";

const GENERATION_ROW = "c.";

/** The row that holds one generation's tokens and sessions. */
export function generationRow(generation: Generation): string {
  return GENERATION_ROW + generation;
}

/** The generation whose row it is, if it is one. */
export function generationOf(rowKey: string): Generation | undefined {
  if (!rowKey.startsWith(GENERATION_ROW)) return undefined;
  return rowKey.slice(GENERATION_ROW.length) as Generation;
}

/** The partition of what expires on the UTC day of `time` (milliseconds since 1970). */
export function expiryPartition(time: number): string {
  return `x.${dayOf(time)}`;
}

/** Of what expires: the same things on the same day are one row, however often they are filed. */
export function expiryRow(partition: PartitionKey, sids: readonly IndexKey[]): string {
  return hash("expiry", [partition, ...sids].join(" "));
}

/** The partition of what was used, or announced, and expires by itself on the UTC day of `time` (milliseconds since 1970). */
export function usedPartition(time: number): string {
  return `t.${dayOf(time)}`;
}

/** The row that says something was used that may be used once. */
export function usedRow(id: string, expiresAt: number) {
  return { partitionKey: usedPartition(expiresAt), rowKey: hash("used", id) };
}

/** The row that says a sign-in is under way, filed like what was used. */
export function announcedRow(key: IndexKey, expiresAt: number) {
  return { partitionKey: usedPartition(expiresAt), rowKey: hash("announced", key) };
}

/** The one partition of sign-outs that came before their sign-in. Its rows go by two hexadecimal digits. */
export const EARLY_SIGN_OUTS = "e";

/** UTC. @param time Milliseconds since 1970. */
export function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}
