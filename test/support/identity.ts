import {
  type CryptoKey,
  exportJWK,
  generateKeyPair,
  type JWK,
  type JWTHeaderParameters,
  type JWTPayload,
  SignJWT,
} from "jose";
import {
  createIdTokenValidator,
  type IdTokenValidator,
} from "../../src/shared/identity/idToken.ts";
import { createProviderKeys, type ProviderKeys } from "../../src/shared/identity/keySet.ts";
import type { ProviderMetadata } from "../../src/shared/identity/metadata.ts";
import { keepAliveSender } from "./send.ts";
import { CLIENT_ID, TENANT_ID } from "./settings.ts";

export const OID = "87d349ed-44d7-43e1-9a83-5f2406dee5bd";
export const OTHER_TENANT_ID = "f4b6c1a0-5d3e-4e0b-9a55-0c2f7d9b8e31";
export const LOGIN = "https://login.microsoftonline.com";
export const ISSUER = `${LOGIN}/${TENANT_ID}/v2.0`;
export const NONCE = "the-nonce";
/** Milliseconds. */
export const NOW = Date.UTC(2027, 0, 15, 12);

export interface ProviderKey {
  readonly privateKey: CryptoKey;
  /** As it is published. */
  readonly jwk: JWK;
}

/** @param changes Of the published key, such as the `issuer` Entra adds. */
export async function providerKey(kid = "key-1", changes: object = {}): Promise<ProviderKey> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  return {
    privateKey,
    jwk: { ...(await exportJWK(publicKey)), kid, use: "sig", ...changes },
  };
}

/** An ID token's claims, all in order at {@link NOW}. `undefined` takes one away. */
export function claims(changes: Record<string, unknown> = {}): JWTPayload {
  const seconds = NOW / 1_000;
  const all = {
    ver: "2.0",
    iss: ISSUER,
    aud: CLIENT_ID,
    sub: "pairwise-subject",
    tid: TENANT_ID,
    oid: OID,
    nonce: NONCE,
    iat: seconds - 300,
    nbf: seconds - 300,
    exp: seconds + 3_600,
    name: "Adele Vance",
    preferred_username: "adelev@contoso.com",
    sid: "the-sid",
    login_hint: "the-hint",
    ...changes,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** @param header `undefined` takes a member away. */
export function signed(
  payload: JWTPayload,
  { privateKey, jwk }: ProviderKey,
  header: Record<string, unknown> = {},
): Promise<string> {
  const all: object = { alg: "RS256", typ: "JWT", kid: jwk.kid, ...header };
  return new SignJWT(payload).setProtectedHeader(all as JWTHeaderParameters).sign(privateKey);
}

/** @param origin Where the endpoints are, for a server on loopback. */
export function providerMetadata(origin = LOGIN, changes: object = {}): ProviderMetadata {
  return {
    issuer: ISSUER,
    authorization_endpoint: `${origin}/${TENANT_ID}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}/${TENANT_ID}/oauth2/v2.0/token`,
    jwks_uri: `${origin}/${TENANT_ID}/discovery/v2.0/keys`,
    end_session_endpoint: `${origin}/${TENANT_ID}/oauth2/v2.0/logout`,
    ...changes,
  };
}

/** The keys that this metadata leads to, at {@link NOW}. */
export function providerKeys(metadata: () => Promise<ProviderMetadata>): ProviderKeys {
  const now = () => NOW;
  return createProviderKeys(metadata, keepAliveSender(), now, now);
}

/** What validates ID tokens by these keys: of every tenant, unless only some are allowed. */
export function idTokens(
  metadata: () => Promise<ProviderMetadata>,
  keys = providerKeys(metadata),
  allowed?: readonly string[],
): IdTokenValidator {
  const allowedTenants = allowed && new Set(allowed);
  return createIdTokenValidator({ clientId: CLIENT_ID, allowedTenants, metadata }, keys);
}

/** What a token is refused with. */
export const rejected = (reason: string) => ({ code: "ERR_SIGN_IN_REJECTED", reason });
