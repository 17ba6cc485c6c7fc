import { randomBytes } from "node:crypto";
import { beforeEach } from "@jest/globals";
import type { Log } from "../../src/shared/base/log.ts";
import type { Keyring } from "../../src/shared/crypto/keyring.ts";
import { accountPartition, type HomeAccountId, type Sid } from "../../src/shared/rows/keys.ts";
import { type KeptSession, partsOf, type Session } from "../../src/shared/store/account.ts";
import { signOutByBackChannel } from "../../src/shared/store/backChannel.ts";
import { type HeldSession, sealContent } from "../../src/shared/store/segments.ts";
import { type SignIn, storeSignIn } from "../../src/shared/store/signIn.ts";
import type { GenerationRef, Store } from "../../src/shared/store/store.ts";
import type { Stored, Table } from "../../src/shared/table/table.ts";
import type { AccessToken, TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { keyring } from "../support/keyring.ts";
import { type MemoryTable, memoryTable } from "../support/memoryTable.ts";

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const NOON = Date.UTC(2026, 0, 15, 12);
export const MIDNIGHT = NOON + 12 * HOUR;
export const TENANT = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";
export const HOME = `00c0ffee-0000-4000-8000-000000000001.${TENANT}` as HomeAccountId;
export const PARTITION = accountPartition(HOME);

export interface MemoryStore extends Store {
  readonly table: MemoryTable;
  /** The events of {@link lines}. */
  readonly logged: string[];
  readonly lines: Parameters<Log>[];
  /** Milliseconds since 1970. */
  time: number;
}

/** A store of its own, whose time stands still until it is set. */
export function memoryStore(time = NOON): MemoryStore {
  const [logged, lines]: [string[], Parameters<Log>[]] = [[], []];
  const store: MemoryStore = {
    table: memoryTable(),
    keyring: keyring("k1"),
    now: () => store.time,
    sleep: async () => {},
    randomBytes,
    log(...line) {
      logged.push(line[1]);
      lines.push(line);
    },
    logged,
    lines,
    time,
  };
  return store;
}

/** The store of a file's tests: for each of them it is new. */
export function storeOfEach(time = NOON): MemoryStore {
  const store = memoryStore(time);
  beforeEach(() => renew(store, time));
  return store;
}

/** Begins anew, with nothing stored. */
export function renew(store: MemoryStore, time = NOON): void {
  const { now: _, ...fresh } = memoryStore(time);
  Object.assign(store, fresh);
}

/** The same store, with another way to its table. */
export function withTable<S extends Store>(store: S, changes: Partial<Table>): S {
  return { ...store, table: { ...store.table, ...changes } };
}

export const keysOf = ({ table }: MemoryStore, pattern = /^/) =>
  [...table.rows.keys()].filter((key) => pattern.test(key));
export const tokenRowsOf = (store: MemoryStore) => keysOf(store, /\|c\./);

/** The rows that lead to accounts become what the release before wrote. */
export function asTheReleaseBefore({ table }: MemoryStore): void {
  for (const [key, { expiresAt: _, keyId: __, mac: ___, ...row }] of table.rows) {
    if (/^[su]\./.test(key)) table.rows.set(key, row as Stored);
  }
}

/** @param lifetime Milliseconds from noon. */
export function tokenOf(changes: Partial<AccessToken> = {}, lifetime = HOUR): AccessToken {
  return {
    home_account_id: HOME,
    client_id: "client",
    realm: TENANT,
    target: "User.Read Mail.Read",
    expires_on: String((NOON + lifetime) / 1_000),
    secret: "access-token",
    ...changes,
  };
}

/** So many access tokens of so many bytes when compressed; the later ones live longer. */
export function incompressible(tokens: number, length: number): TokenCache {
  const entries = Array.from({ length: tokens }, (_, i) => [
    `t${i}`,
    tokenOf({ secret: randomBytes(length).toString("base64url") }, HOUR + i * MINUTE),
  ]);
  return cacheOf(Object.fromEntries(entries));
}

export function cacheOf(AccessToken: Record<string, AccessToken> = {}): TokenCache {
  return {
    Account: { a: { name: "Adele Vance" } },
    IdToken: { i: { secret: "id-token" } },
    AccessToken,
    RefreshToken: { r: { secret: "refresh-token" } },
    AppMetadata: {},
  };
}

export function sessionOf(changes: Partial<Session> = {}): Session {
  return {
    tenantId: TENANT,
    homeAccountId: HOME,
    name: "Adele Vance",
    username: "adele@contoso.com",
    device: "Edge on Windows",
    issuedAt: NOON,
    signedInAt: NOON,
    confirmedAt: NOON,
    expiresAt: NOON + 8 * HOUR,
    identity: { iss: "https://login.example/t", sub: "pairwise", oid: "oid" },
    roles: [],
    claims: {},
    acrs: [],
    ...changes,
  };
}

/** The id of somebody else at the same organization. */
export const homeOf = (name: string | number) => `${name}.${HOME}` as HomeAccountId;

export interface Visit extends Partial<Session> {
  /** Of the provider's session. */
  readonly sid?: string | undefined;
  readonly subject?: string | undefined;
  readonly cache?: TokenCache;
  readonly replaces?: SignIn["replaces"];
  readonly start?: SignIn["start"];
  readonly ids?: SignIn["ids"];
}

/** Signs Adele in, or whoever it is. */
export function signIn(store: Store, visit: Visit = {}): Promise<HeldSession> {
  const { sid = "sid", subject, cache = cacheOf(), replaces, start, ids, ...session } = visit;
  const begun = { replaces, start, ...(ids && { ids }) };
  const sids = [sid as Sid];
  return storeSignIn(store, { session: sessionOf(session), cache, sids, subject, ...begun });
}

export const refOf = (partition = "a.1", generation = "g1") =>
  ({ partition, generation }) as GenerationRef;

export const SID = "sid" as Sid;

/** @param who Either of `sid` and `sub`. */
export function signOutByToken(
  store: Store,
  who: { readonly id?: string; readonly sid?: Sid; readonly sub?: string },
  issuedAt = store.now(),
): Promise<void> {
  const token = { id: crypto.randomUUID(), sid: undefined, sub: undefined, ...who, issuedAt };
  return signOutByBackChannel(store, { ...token, expiresAt: store.now() + HOUR });
}

/** A session as its browser holds it. */
export function heldBy(sessionId = "one", changes: Partial<HeldSession> = {}): HeldSession {
  const share = Buffer.alloc(32, sessionId).toString("base64url");
  return { ...refOf(), sessionId, share, ...changes };
}

/** A session as its account's row holds it. */
export function keptOf(
  ring: Keyring,
  held: HeldSession,
  session: Session,
  cache = cacheOf({ t: tokenOf() }),
  room = Number.POSITIVE_INFINITY,
): KeptSession {
  const { entry, user } = partsOf(session);
  const store = { keyring: ring, now: () => NOON, log: () => {} };
  return { ...entry, segment: sealContent(store, held, { user, cache }, room) };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
