import type { Sleep } from "../base/clock.ts";
import type { Log } from "../base/log.ts";
import type { Settings } from "../config/settings.ts";
import type { Send } from "../net/send.ts";
import { createNetworkClient } from "../oauth/network.ts";
import { type ClientFactory, createClientFactory } from "./client.ts";
import type { ClientCredential } from "./clientCredential.ts";
import type { IdTokenValidator } from "./idToken.ts";
import type { MetadataSource } from "./metadata.ts";
import { createTokenEndpoint, type TokenEndpoint } from "./tokenEndpoint.ts";

export interface TokenRequests {
  readonly createClient: ClientFactory;
  readonly tokens: TokenEndpoint;
}

export interface TokenRequestsOptions {
  readonly settings: Pick<Settings, "clientId" | "authority" | "tenant">;
  readonly credential: ClientCredential;
  readonly metadata: MetadataSource;
  readonly idTokens: IdTokenValidator;
  readonly send: Send;
  readonly sleep: Sleep;
  readonly log: Log;
}

/** What needs MSAL. */
export function tokenRequestsWithMsal(options: TokenRequestsOptions): TokenRequests {
  const { settings, credential, metadata, idTokens, send, sleep, log } = options;
  const network = createNetworkClient(send, sleep);
  const createClient = createClientFactory(settings, credential, metadata, network);
  return { createClient, tokens: createTokenEndpoint(createClient, idTokens, log) };
}
