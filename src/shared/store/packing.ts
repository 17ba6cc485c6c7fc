import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Account } from "./account.ts";
import type { AccessToken } from "./tokenCache.ts";

/*
 * An account as bytes, and back.
 *
 * Nearly all of an account is the secrets of its access tokens, and a request wants one of them. So only the
 * first is in the head, together with everything else. Each of the others is compressed by itself and
 * inflated when it is asked for, with the first as dictionary: what all tokens of a user have in common is
 * kept once.
 *
 * The length of the head in 4 bytes · the head, JSON, compressed · the other secrets, compressed.
 */

/** In the head: the first secret, and the lengths of the others. */
type PackedToken = Omit<AccessToken, "secret"> & { secret: string | number };

const LENGTH = 4;
/** More than anything packed here inflates to. Bytes. */
const MAX_INFLATED = 64 * 1024 * 1024;

export function packAccount(account: Account): Uint8Array {
  const others: Uint8Array[] = [];
  let dictionary: Buffer | undefined;
  const tokens: Record<string, PackedToken> = {};
  for (const [key, token] of Object.entries(account.cache.AccessToken)) {
    const { secret } = token;
    if (dictionary === undefined) {
      dictionary = Buffer.from(secret);
      tokens[key] = token;
    } else {
      const packed = deflateRawSync(secret, { level: 1, dictionary });
      others.push(packed);
      tokens[key] = { ...token, secret: packed.length };
    }
  }
  const content = { ...account, cache: { ...account.cache, AccessToken: tokens } };
  const head = deflateRawSync(JSON.stringify(content), { level: 1 });
  const length = Buffer.alloc(LENGTH);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, ...others]);
}

/** @param bytes What {@link packAccount} made; they stay in use as long as the account does. */
export function unpackAccount(bytes: Uint8Array): Account {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = LENGTH + packed.readUInt32BE();
  const account: Account = JSON.parse(inflate(packed.subarray(LENGTH, at)));
  let dictionary: Buffer | undefined;
  for (const token of Object.values<PackedToken>(account.cache.AccessToken)) {
    const { secret } = token;
    if (typeof secret === "string") {
      dictionary = Buffer.from(secret);
    } else {
      const other = packed.subarray(at, at + secret);
      at += secret;
      const get = () => inflate(other, dictionary);
      Object.defineProperty(token, "secret", { get, enumerable: true });
    }
  }
  return account;
}

function inflate(bytes: Uint8Array, dictionary?: Buffer): string {
  const options = { maxOutputLength: MAX_INFLATED, ...(dictionary && { dictionary }) };
  return inflateRawSync(bytes, options).toString();
}
