import { SealingKeyMissing } from "../base/errors.ts";
import type { Keyring } from "../crypto/keyring.ts";
import { type Generation, generationRow } from "../rows/keys.ts";
import type { AccountRow } from "../rows/rows.ts";
import type { Entity, Stored } from "../table/table.ts";
import { withHalfTheTokens, withoutExpiredTokens } from "../tokens/tokenCache.ts";
import { type Account, expiryOf, liveSessions, type UnsealedAccount } from "./account.ts";
import { packAccount, unpackAccount } from "./packing.ts";
import type { GenerationRef, Store } from "./store.ts";

const FORMAT = 5;
/** Those that can be read: sessions of the release before lack what is optional in them. */
const FORMATS: readonly unknown[] = [FORMAT, 4];
const PURPOSE = "account";
/** The largest binary property of Table Storage, in bytes. */
const CHUNK_BYTES = 64 * 1024;
/** Eleven chunks are 704 KiB, 939 KiB in base64. Both are below an entity's limit of 1 MiB, however it is counted. */
const MAX_CHUNKS = 11;

export interface SealedAccount {
  readonly entity: AccountRow;
  /** Access tokens that did not fit and were left out. */
  readonly dropped: number;
}

/**
 * Drops expired tokens, compresses, seals for exactly this row, and cuts the result into chunks. If it does not fit,
 * access tokens are left out, the shortest-lived first; then ID tokens, which nobody needs any more.
 */
export function sealAccount(
  keyring: Keyring,
  partitionKey: string,
  generation: Generation,
  account: Account,
  now: number,
): SealedAccount {
  const rowKey = generationRow(generation);
  let kept: Account = {
    sessions: liveSessions(account, now),
    cache: withoutExpiredTokens(account.cache, now),
  };
  const before = Object.keys(kept.cache.AccessToken).length;

  // Each round leaves out half of the access tokens.
  for (;;) {
    const plaintext = packAccount(kept);
    const { keyId, bytes } = keyring.seal(plaintext, PURPOSE, rowOf(partitionKey, rowKey));
    const chunks = Math.ceil(bytes.length / CHUNK_BYTES);
    const tokens = Object.keys(kept.cache.AccessToken).length;
    const spare = tokens + Object.keys(kept.cache.IdToken).length;
    if (chunks <= MAX_CHUNKS || spare === 0) {
      const expiresAt = new Date(expiryOf(kept)).toISOString();
      const fingerprint = keyring.fingerprints.get(keyId) ?? "";
      const fields = { format: FORMAT, keyId, fingerprint, chunks, expiresAt };
      const data: Record<string, Uint8Array> = {};
      for (let i = 0; i < chunks; i++)
        data[`d${i}`] = bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES);
      return {
        entity: { partitionKey, rowKey, ...fields, ...data },
        dropped: before - tokens,
      };
    }
    const cache = tokens > 0 ? withHalfTheTokens(kept.cache) : { ...kept.cache, IdToken: {} };
    kept = { ...kept, cache };
  }
}

/** The account's row, to be stored. Tokens that did not fit are logged. */
export function entityOf(store: Store, ref: GenerationRef, account: Account): AccountRow {
  const { partition, generation } = ref;
  const now = store.now();
  const { entity, dropped } = sealAccount(store.keyring, partition, generation, account, now);
  if (dropped > 0) store.log("warn", "cache.cut", { account: partition, dropped });
  return entity;
}

/** @returns undefined for anything that {@link sealAccount} did not make for this row with a key we hold. */
export function unsealAccount(
  keyring: Keyring,
  entity: Stored<Entity>,
): UnsealedAccount | undefined {
  const { format, keyId, chunks, partitionKey, rowKey } = entity;
  if (!FORMATS.includes(format) || typeof keyId !== "string") return undefined;
  if (typeof chunks !== "number" || !(chunks >= 1 && chunks <= MAX_CHUNKS)) return undefined;

  const parts: Uint8Array[] = [];
  for (let i = 0; i < chunks; i++) {
    const part = entity[`d${i}`];
    if (!(part instanceof Uint8Array)) return undefined;
    parts.push(part);
  }
  const sealed = {
    keyId,
    bytes: parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts),
  };
  const plaintext = keyring.unseal(sealed, PURPOSE, rowOf(partitionKey, rowKey));
  if (plaintext === undefined) return undefined;
  return unpackAccount(plaintext);
}

/**
 * What a row holds. @returns undefined, and logs it, when the row was not sealed by this app, or not for this row.
 * @throws {SealingKeyMissing} The row is kept: another instance may have the key, or this one may get it back.
 */
export function readAccount(store: Store, entity: Stored<Entity>): UnsealedAccount | undefined {
  const account = unsealAccount(store.keyring, entity);
  if (account !== undefined) return account;
  const key = missingKeyOf(store.keyring, entity);
  if (key !== undefined && Date.parse(String(entity.expiresAt)) > store.now()) {
    throw new SealingKeyMissing(key);
  }
  store.log("warn", "cache.unreadable", { account: entity.partitionKey });
  return undefined;
}

/**
 * Id and fingerprint of the key that sealed a row, if the ring has not got that key.
 * @returns undefined when it has, or when the row does not name a key.
 */
export function missingKeyOf(keyring: Keyring, entity: Stored<Entity>): string | undefined {
  const { keyId, fingerprint = "" } = entity;
  if (typeof keyId !== "string") return undefined;
  const name = `${keyId} ${fingerprint}`.trim();
  const known = keyring.fingerprints.get(keyId);
  const isHeld = known !== undefined && (fingerprint === "" || fingerprint === known);
  return isHeld || !/^[\w-]{1,16}( [\w-]{8})?$/.test(name) ? undefined : name;
}

/** A sealed account is bound to this: it unseals in no other row. */
function rowOf(partitionKey: string, rowKey: string): string {
  return `${partitionKey}/${rowKey}`;
}
