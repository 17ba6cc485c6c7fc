import type { Settings } from "./config/settings.ts";
import { type DampedLog, damped } from "./damped.ts";
import { createHealthCheck } from "./health.ts";
import type { Send } from "./http/send.ts";
import { createTurns, type Turns } from "./http/turns.ts";
import { type ClientFactory, createClientFactory } from "./identity/client.ts";
import { createClientCredential } from "./identity/clientCredential.ts";
import { createIdTokenValidator, type IdTokenValidator } from "./identity/idToken.ts";
import { createProviderKeys } from "./identity/keySet.ts";
import { createLogoutTokenValidator, type LogoutTokenValidator } from "./identity/logoutToken.ts";
import type { TokenSource } from "./identity/managedIdentity.ts";
import { createMetadataSource, type MetadataSource } from "./identity/metadata.ts";
import { createNetworkClient } from "./identity/network.ts";
import { createTokenEndpoint, type TokenEndpoint } from "./identity/tokens.ts";
import { Refreshes } from "./session/refreshes.ts";
import { createKeyring } from "./store/sealing.ts";
import type { Log, Store } from "./store/store.ts";
import type { Table } from "./store/table.ts";
import { createSignOuts, type SignOuts } from "./stubbornSignOuts.ts";

/** What signing out works with. */
export type SigningOut = Pick<
  Lightsout,
  "settings" | "store" | "metadata" | "signOuts" | "dampedLog"
>;

/** Everything a handler works with: made once per process. */
export interface Lightsout {
  readonly settings: Settings;
  readonly store: Store;
  readonly metadata: MetadataSource;
  readonly createClient: ClientFactory;
  readonly tokens: TokenEndpoint;
  readonly refreshes: Refreshes;
  readonly idTokens: IdTokenValidator;
  readonly logoutTokens: LogoutTokenValidator;
  readonly send: Send;
  readonly signOuts: SignOuts;
  /** For what strangers can bring about. */
  readonly dampedLog: DampedLog;
  /** By account: one user's hanging calls must not keep everybody's waiting. */
  readonly graphTurns: Turns;
  readonly isHealthy: () => Promise<boolean>;
}

/** Calls to Graph: what fits on one instance, what a browser's page has use for, and how long one may wait. */
const GRAPH_TURNS = { atOnce: 128, ofEach: 16, patience: 5_000 };

/** What Lightsout takes from the outside world. */
export interface Platform {
  readonly table: Table;
  readonly send: Send;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly randomBytes: (size: number) => Uint8Array;
  readonly managedIdentity: (clientId: string | undefined) => TokenSource;
  readonly log: Log;
}

/** Nothing is sent to anybody before the first request needs it. */
export function createLightsout(settings: Settings, platform: Platform): Lightsout {
  const { table, send, now, sleep, randomBytes, managedIdentity, log } = platform;
  const { clientId, allowedTenants } = settings;
  const metadata = createMetadataSource(settings, send, now);
  const issuer = () => metadata.get();
  const keys = createProviderKeys(issuer, send, now);
  const credential = createClientCredential(settings.credential, clientId, managedIdentity, now);
  const network = createNetworkClient(send, sleep);
  const createClient = createClientFactory(settings, credential, metadata, network);
  const idTokens = createIdTokenValidator({ clientId, allowedTenants, metadata: issuer }, keys);
  const keyring = createKeyring(settings.sealingKeys, randomBytes);
  const store = { table, keyring, now, sleep, randomBytes, log };
  return {
    settings,
    store,
    metadata,
    createClient,
    tokens: createTokenEndpoint(createClient, idTokens, log),
    refreshes: new Refreshes(sleep),
    idTokens,
    logoutTokens: createLogoutTokenValidator({ clientId, metadata: issuer }, keys),
    send,
    signOuts: createSignOuts(store, sleep),
    dampedLog: damped(log, now),
    graphTurns: createTurns(GRAPH_TURNS),
    isHealthy: createHealthCheck(store),
  };
}
