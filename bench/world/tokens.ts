import { createHash, randomBytes } from "node:crypto";
import { ConfidentialClientApplication, type INetworkModule } from "@azure/msal-node";
import type { TokenCache } from "../../src/shared/tokens/tokenCache.ts";
import { CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, SCOPES, userOf } from "./setUp.ts";

/** Seconds; longer than any run. */
const LIFETIME = 24 * 3_600;
/** Characters: what Entra ID's tokens for a user in a few groups come to. */
const ACCESS_TOKEN_SIZE = 2_450;
const ID_TOKEN_SIZE = 1_650;
const REFRESH_TOKEN_SIZE = 1_900;

/** What a user's tokens have in common, so that a cache of many compresses as well as a real one. */
const GROUPS = random(2_000);

/**
 * The cache that MSAL itself makes for a user who holds access tokens for several resources. The first one
 * is for Microsoft Graph.
 */
export async function msalCache(
  tenantId: string,
  authority: string,
  accessTokens: number,
): Promise<TokenCache> {
  const client = new ConfidentialClientApplication({
    auth: {
      clientId: CLIENT_ID,
      clientSecret: CLIENT_SECRET,
      authority,
      authorityMetadata: JSON.stringify(metadataOf(authority)),
    },
    system: { networkClient: tokenEndpoint(tenantId, authority) },
  });
  const request = { code: "code", redirectUri: REDIRECT_URI, scopes: SCOPES };
  const { account } = await client.acquireTokenByCode(request);
  if (!account) throw new Error("MSAL made no account.");
  for (let i = 1; i < accessTokens; i++) {
    const scopes = [`api://${guid(`resource ${i}`)}/access_as_user`];
    await client.acquireTokenSilent({ account, scopes, forceRefresh: true });
  }
  return JSON.parse(client.getTokenCache().serialize());
}

/** The same cache for another user. */
export function cacheOfUser(cache: TokenCache, number: number): TokenCache {
  const model = userOf(0);
  const user = userOf(number);
  const text = JSON.stringify(cache)
    .replaceAll(model.oid, user.oid)
    .replaceAll(model.username, user.username);
  return JSON.parse(text);
}

/** The access token for Microsoft Graph in it. */
export function graphTokenOf(cache: TokenCache): string {
  const token = Object.values(cache.AccessToken).find(({ target }) => target.includes("User.Read"));
  if (!token) throw new Error("There is no token for Microsoft Graph in the cache.");
  return token.secret;
}

function tokenEndpoint(tenantId: string, authority: string): INetworkModule {
  const { oid, name, username } = userOf(0);
  return {
    sendGetRequestAsync: () => Promise.reject(new Error("MSAL fetches nothing here.")),
    async sendPostRequestAsync(_, options) {
      const scope = new URLSearchParams(options?.body).get("scope") ?? "";
      const user = { oid, tid: tenantId, name };
      const body: unknown = {
        token_type: "Bearer",
        scope,
        expires_in: LIFETIME,
        ext_expires_in: LIFETIME,
        access_token: jwt({ ...user, upn: username, scp: scope }, ACCESS_TOKEN_SIZE),
        refresh_token: `1.${random(REFRESH_TOKEN_SIZE - 2)}`,
        id_token: jwt(
          { ...user, iss: `${authority}/v2.0`, aud: CLIENT_ID, preferred_username: username },
          ID_TOKEN_SIZE,
        ),
        client_info: encode({ uid: oid, utid: tenantId }),
      };
      return { status: 200, headers: {}, body: body as never };
    },
  };
}

/** Unsigned, but of the shape and size of a signed one. */
function jwt(claims: object, size: number): string {
  const header = encode({ typ: "JWT", alg: "RS256", kid: "nOo3ZDrODXEK1jKWhXslHR_KXEg" });
  const signature = random(342);
  const iat = Math.floor(Date.now() / 1_000);
  const own = {
    iat,
    nbf: iat,
    exp: iat + LIFETIME,
    sub: random(43),
    aio: random(180),
    uti: random(144),
  };
  const payload = (wids: string) => encode({ ...claims, ...own, wids });
  const room = ((size - `${header}..${signature}`.length - payload("").length) * 3) >> 2;
  return `${header}.${payload(GROUPS.slice(0, room))}.${signature}`;
}

function metadataOf(authority: string) {
  return {
    issuer: `${authority}/v2.0`,
    authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
    token_endpoint: `${authority}/oauth2/v2.0/token`,
    end_session_endpoint: `${authority}/oauth2/v2.0/logout`,
    jwks_uri: `${authority}/discovery/v2.0/keys`,
  };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function random(characters: number): string {
  return randomBytes(characters).toString("base64url").slice(0, characters);
}

function guid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
