import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type AccessToken, type Grant, suits, type TokenCache } from "../tokens/tokenCache.ts";
import type { SessionContent, SessionUser, UnsealedContent } from "./account.ts";

/*
 * A session's content as bytes, and back.
 *
 * Most requests want to know the user and one access token, and get them without unpacking anything else:
 *
 * The length of the index in 4 bytes · the index, JSON · the first access token's secret · the secrets of the
 * others, each compressed by itself · everything else, JSON, compressed.
 *
 * The first secret is the dictionary of the others: what all tokens of a user have in common is kept once.
 */

interface Index {
  readonly user: SessionUser;
  readonly tokens: readonly IndexedToken[];
}

/** What the first token is good for, and in which of it the others differ. */
interface IndexedToken extends Partial<Grant> {
  /** Of the packed secret, in bytes. */
  readonly length: number;
}

const LENGTH_BYTES = 4;
/** More than anything packed here inflates to. Bytes. */
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

export function packContent({ user, cache }: SessionContent): Uint8Array {
  const tokens = Object.entries(cache.AccessToken);
  const first = tokens[0]?.[1];
  const dictionary = Buffer.from(first?.secret ?? "");
  const secrets = tokens.map(([, { secret }], i) =>
    i === 0 ? dictionary : deflateRawSync(secret, { level: 1, dictionary }),
  );
  const index: Index = {
    user,
    tokens: tokens.map(([, token], i) => ({
      ...grantOf(token, i === 0 ? undefined : first),
      length: (secrets[i] as Buffer).length,
    })),
  };
  /** The access tokens without secrets, and in the order of the index. */
  const rest: TokenCache = {
    ...cache,
    AccessToken: Object.fromEntries(tokens.map(([key, token]) => [key, { ...token, secret: "" }])),
  };
  const indexed = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(indexed.length);
  const packedRest = deflateRawSync(JSON.stringify(rest), { level: 1 });
  return Buffer.concat([length, indexed, ...secrets, packedRest]);
}

/** @param bytes What {@link packContent} made; they stay in use as long as the content does. */
export function unpackContent(bytes: Uint8Array): UnsealedContent {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = LENGTH_BYTES + packed.readUInt32BE();
  const { user, tokens }: Index = JSON.parse(packed.toString("utf8", LENGTH_BYTES, start));
  /** Where each packed secret begins, and where the last ends. */
  const offsets = [start];
  for (const [i, { length }] of tokens.entries()) offsets.push((offsets[i] as number) + length);
  let unpacked: TokenCache | undefined;

  const packedSecret = (number: number) => packed.subarray(offsets[number], offsets[number + 1]);

  function secretOf(number: number): string {
    const first = packedSecret(0);
    return number === 0 ? first.toString() : inflate(packedSecret(number), first);
  }

  function unpackCache(): TokenCache {
    const rest: TokenCache = JSON.parse(inflate(packed.subarray(offsets.at(-1))));
    const withSecrets = Object.entries(rest.AccessToken).map(([key, token], i) => [
      key,
      { ...token, secret: secretOf(i) },
    ]);
    return { ...rest, AccessToken: Object.fromEntries(withSecrets) };
  }

  return {
    user,
    get cache() {
      unpacked ??= unpackCache();
      return unpacked;
    },
    findAccessToken(wanted, now) {
      const found = tokens.findIndex((token) =>
        suits({ ...tokens[0], ...token } as Grant, wanted, now),
      );
      return found < 0 ? undefined : secretOf(found);
    },
  };
}

const GRANT = [
  "home_account_id",
  "client_id",
  "realm",
  "target",
  "expires_on",
  "challenge",
] as const;

function grantOf(token: AccessToken, except: AccessToken | undefined): Partial<Grant> {
  // A field that were left out would be taken from the first token.
  const fields = GRANT.map((field) => [field, token[field] ?? ""] as const);
  const first = (field: keyof Grant) => except && (except[field] ?? "");
  return Object.fromEntries(fields.filter(([field, value]) => value !== first(field)));
}

function inflate(bytes: Uint8Array, dictionary?: Uint8Array): string {
  const options = { maxOutputLength: MAX_INFLATED_BYTES, ...(dictionary && { dictionary }) };
  return inflateRawSync(bytes, options).toString();
}
