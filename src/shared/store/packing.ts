import { deflateRawSync, inflateRawSync } from "node:zlib";
import { type AccessToken, type Grant, suits, type TokenCache } from "../tokens/tokenCache.ts";
import type { Account, Session, UnsealedAccount } from "./account.ts";

/*
 * An account as bytes, and back.
 *
 * Most requests need a session and one access token, and get them without unpacking anything else:
 *
 * The length of the index in 4 bytes · the index, JSON · the first access token's secret · the secrets of the
 * others, each compressed by itself · everything else, JSON, compressed.
 *
 * The first secret is the dictionary of the others, so that what a user's tokens have in common is kept once.
 */

interface Index {
  readonly sessions: Readonly<Record<string, Omit<Session, "identity">>>;
  readonly tokens: readonly IndexedToken[];
}

/** What the first token is good for, and where the others differ from it. */
interface IndexedToken extends Partial<Grant> {
  /** Of the packed secret, in bytes. */
  readonly length: number;
}

/** The access tokens without their secrets, in the order of the index. */
interface Rest extends TokenCache {
  readonly identities: Readonly<Record<string, Session["identity"]>>;
}

const LENGTH_BYTES = 4;
/** Nothing packed here inflates to more. Bytes. */
const MAX_INFLATED_BYTES = 64 * 1024 * 1024;

export function packAccount({ sessions, cache }: Account): Uint8Array {
  const tokens = Object.entries(cache.AccessToken);
  const first = tokens[0]?.[1];
  const dictionary = Buffer.from(first?.secret ?? "");
  const secrets = tokens.map(([, { secret }], i) =>
    i === 0 ? dictionary : deflateRawSync(secret, { level: 1, dictionary }),
  );
  const known = Object.entries(sessions);
  const index: Index = {
    sessions: Object.fromEntries(known.map(([key, { identity: _, ...rest }]) => [key, rest])),
    tokens: tokens.map(([, token], i) => ({
      ...grantOf(token, i === 0 ? undefined : first),
      length: (secrets[i] as Buffer).length,
    })),
  };
  const rest: Rest = {
    ...cache,
    AccessToken: Object.fromEntries(tokens.map(([key, token]) => [key, { ...token, secret: "" }])),
    identities: Object.fromEntries(known.map(([key, { identity }]) => [key, identity])),
  };
  const indexed = Buffer.from(JSON.stringify(index));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(indexed.length);
  const packedRest = deflateRawSync(JSON.stringify(rest), { level: 1 });
  return Buffer.concat([length, indexed, ...secrets, packedRest]);
}

/** @param bytes From {@link packAccount}. The account goes on reading them. */
export function unpackAccount(bytes: Uint8Array): UnsealedAccount {
  const packed = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = LENGTH_BYTES + packed.readUInt32BE();
  const index: Index = JSON.parse(packed.toString("utf8", LENGTH_BYTES, start));
  const { tokens } = index;
  /** Where each packed secret begins, and where the last ends. */
  const offsets = [start];
  for (const [i, { length }] of tokens.entries()) offsets.push((offsets[i] as number) + length);
  let unpacked: { cache: TokenCache; identities: Rest["identities"] } | undefined;

  const packedSecret = (number: number) => packed.subarray(offsets[number], offsets[number + 1]);

  function secretOf(number: number): string {
    const first = packedSecret(0);
    return number === 0 ? first.toString() : inflate(packedSecret(number), first);
  }

  function unpackRest() {
    const rest = JSON.parse(inflate(packed.subarray(offsets.at(-1))));
    const { identities, ...cache }: Rest = rest;
    const withSecrets = Object.entries(cache.AccessToken).map(([key, token], i) => [
      key,
      { ...token, secret: secretOf(i) },
    ]);
    return { cache: { ...cache, AccessToken: Object.fromEntries(withSecrets) }, identities };
  }

  function rest() {
    unpacked ??= unpackRest();
    return unpacked;
  }

  function sessionOf([key, session]: [string, Index["sessions"][string]]): [string, Session] {
    return [
      key,
      {
        ...session,
        get identity() {
          return rest().identities[key] as Session["identity"];
        },
      },
    ];
  }

  return {
    sessions: Object.fromEntries(Object.entries(index.sessions).map(sessionOf)),
    get cache() {
      return rest().cache;
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
  // A missing field means: as in the first token.
  const fields = GRANT.map((field) => [field, token[field] ?? ""] as const);
  const first = (field: keyof Grant) => except && (except[field] ?? "");
  return Object.fromEntries(fields.filter(([field, value]) => value !== first(field)));
}

function inflate(bytes: Uint8Array, dictionary?: Uint8Array): string {
  const options = { maxOutputLength: MAX_INFLATED_BYTES, ...(dictionary && { dictionary }) };
  return inflateRawSync(bytes, options).toString();
}
