import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";
import { TableClient } from "@azure/data-tables";
import {
  type AccountInfo,
  ConfidentialClientApplication,
  type Configuration,
  DistributedCachePlugin,
} from "@azure/msal-node";
import { createCacheClient } from "./cacheClient.ts";
import { createSessions } from "./sessions.ts";

/*
 * The pattern that Microsoft's samples teach (msal-node-samples/auth-code-distributed-cache): the session in
 * a store under a signed id, MSAL's DistributedCachePlugin over the same store, the cache of an account
 * under its home account id. On Table Storage, and with what the samples do twice done once: the session is
 * read one time per request, and provider metadata is at hand.
 */

const COOKIE = "stock-session";
const SCOPES = ["User.Read"];

interface StockResponse {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string | Uint8Array;
}

interface StockRequest {
  readonly headers: { get(name: string): string | null };
}

/** @param metadata The provider's OpenID configuration, as JSON. */
export function createStock(env: Readonly<Record<string, string>>, metadata: string) {
  const options = { allowInsecureConnection: true };
  const table = (name: string) =>
    TableClient.fromConnectionString(env.TOKEN_CACHE_STORAGE ?? "", name, options);
  const sessionTable = table("stocksessions");
  const cacheTable = table("stockcaches");
  const sessions = createSessions(sessionTable);
  const cacheClient = createCacheClient(cacheTable);
  const key = env.TOKEN_CACHE_KEYS ?? "";
  const configuration: Configuration = {
    auth: {
      clientId: env.ENTRA_CLIENT_ID ?? "",
      clientSecret: env.ENTRA_CLIENT_SECRET ?? "",
      authority: env.ENTRA_AUTHORITY ?? "",
      authorityMetadata: metadata,
    },
  };

  /** One client per request: the plugin has to know whose cache it reads. */
  function clientFor(homeAccountId: string): ConfidentialClientApplication {
    const partitions = {
      getKey: async () => homeAccountId,
      extractKey: async (account: { homeAccountId: string }) => account.homeAccountId,
    };
    const cachePlugin = new DistributedCachePlugin(cacheClient, partitions);
    return new ConfidentialClientApplication({ ...configuration, cache: { cachePlugin } });
  }

  return {
    async createTables(): Promise<void> {
      await sessionTable.createTable();
      await cacheTable.createTable();
    },

    /** Stores what a sign-in would have stored. @returns the `Cookie` header. */
    async signIn(account: AccountInfo, cache: string): Promise<string> {
      const id = randomUUID();
      await cacheClient.set(account.homeAccountId, cache);
      await sessions.set(id, { account, expiresAt: Date.now() + 12 * 3_600_000 });
      return `${COOKIE}=${id}.${sign(key, id)}`;
    },

    async graphMe(request: StockRequest): Promise<StockResponse> {
      const id = sessionId(key, request.headers.get("cookie"));
      const session = id && (await sessions.get(id));
      if (!session) return { status: 401, headers: {}, body: "Signed out" };
      const { account } = session;
      const client = clientFor(account.homeAccountId);
      // Without this, acquireTokenSilent does not ask the plugin for the cache.
      await client.getTokenCache().getAllAccounts();
      const { accessToken } = await client.acquireTokenSilent({ account, scopes: SCOPES });
      const response = await fetch(`${env.GRAPH_BASE_URL}/me`, {
        headers: { authorization: `Bearer ${accessToken}` },
      });
      return {
        status: response.status,
        headers: { "content-type": response.headers.get("content-type") ?? "" },
        body: new Uint8Array(await response.arrayBuffer()),
      };
    },
  };
}

function sign(key: string, id: string): string {
  return createHmac("sha256", key).update(id).digest("base64url");
}

function sessionId(key: string, cookies: string | null): string | undefined {
  const [, id, signature] = /(?:^|;\s*)stock-session=([^;.]+)\.([^;]+)/.exec(cookies ?? "") ?? [];
  if (id === undefined || signature === undefined) return undefined;
  const expected = Buffer.from(sign(key, id));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : undefined;
}
