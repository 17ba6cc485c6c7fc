import type { Clock, Sleep } from "./base/clock.ts";
import { type DampedLog, oncePerMinute } from "./base/damped.ts";
import type { Log } from "./base/log.ts";
import type { RandomBytes } from "./base/random.ts";
import { createTurns, type Turns } from "./base/turns.ts";
import type { Settings, SignOutSettings } from "./config/settings.ts";
import { createKeyring, type Keyring } from "./crypto/keyring.ts";
import type { ClientFactory } from "./identity/client.ts";
import { createClientCredential } from "./identity/clientCredential.ts";
import { createIdTokenValidator, type IdTokenValidator } from "./identity/idToken.ts";
import { createProviderKeys } from "./identity/keySet.ts";
import { createLogoutTokenValidator, type LogoutTokenValidator } from "./identity/logoutToken.ts";
import { createMetadataSource, type MetadataSource } from "./identity/metadata.ts";
import type { TokenEndpoint } from "./identity/tokenEndpoint.ts";
import { createTokenRequests } from "./identity/tokenRequests.ts";
import type { Open } from "./net/open.ts";
import type { Send } from "./net/send.ts";
import type { ManagedIdentity } from "./oauth/managedIdentity.ts";
import { Refreshes } from "./session/refreshes.ts";
import { createSignOutWatch, type WatchSignOut } from "./session/signOutWatch.ts";
import type { Store } from "./store/store.ts";
import { createSignOuts, type SignOuts } from "./store/stubbornSignOuts.ts";
import { createHealthCheck } from "./table/health.ts";
import type { Table } from "./table/table.ts";

/** What signing out works with. It is there also if another setting is wrong. */
export interface SignOutContext {
  readonly settings: SignOutSettings;
  readonly store: Store;
  readonly metadata: MetadataSource;
  readonly signOuts: SignOuts;
  readonly keyring: Keyring;
  /** Milliseconds since 1970. */
  readonly now: Clock;
  readonly log: Log;
  /** For events that strangers can cause. */
  readonly dampedLog: DampedLog;
}

/** Everything a handler works with: made once per process. */
export interface Context extends SignOutContext {
  readonly settings: Settings;
  /** What every sign-in asks for beside the scopes of OpenID Connect. */
  readonly scopes: readonly string[];
  readonly sleep: Sleep;
  readonly randomBytes: RandomBytes;
  readonly createClient: ClientFactory;
  readonly tokens: TokenEndpoint;
  readonly refreshes: Refreshes;
  readonly idTokens: IdTokenValidator;
  readonly logoutTokens: LogoutTokenValidator;
  readonly open: Open;
  readonly fetch: typeof fetch;
  readonly watchSignOut: WatchSignOut;
  /** Turns at one API, by account: neither slow calls of one user nor a slow API hold up the other calls. */
  readonly turnsAt: (api: string) => Turns;
  readonly isHealthy: () => Promise<boolean>;
}

/** Calls to one API on one instance: in all, for each account, and how long one may wait (milliseconds). */
const API_TURNS = { atOnce: 128, ofEach: 16, patience: 5_000 };

/** What Lightsout takes from the outside world. */
export interface Platform {
  readonly table: Table;
  readonly send: Send;
  /** The same, for answers that are not held. */
  readonly open: Open;
  /** For what the app's own functions send. */
  readonly fetch: typeof fetch;
  /** Milliseconds since 1970. */
  readonly now: Clock;
  /** A monotonic clock for durations, in milliseconds. */
  readonly elapsed: Clock;
  readonly sleep: Sleep;
  readonly randomBytes: RandomBytes;
  readonly managedIdentity: ManagedIdentity;
  readonly log: Log;
}

/** The part of {@link SignOutContext} that needs no store. */
export function createAnswering(
  settings: SignOutSettings,
  { send, now, elapsed, log }: Pick<Platform, "send" | "now" | "elapsed" | "log">,
): Omit<SignOutContext, "store" | "signOuts" | "keyring"> {
  const metadata = createMetadataSource(settings, send, elapsed);
  return { settings, metadata, now, log, dampedLog: oncePerMinute(log, elapsed) };
}

export function createSignOutContext(
  settings: SignOutSettings,
  sealingKeys: Settings["sealingKeys"],
  platform: Omit<Platform, "managedIdentity" | "open" | "fetch">,
): SignOutContext {
  const { table, now, elapsed, sleep, randomBytes, log } = platform;
  const keyring = createKeyring(sealingKeys, randomBytes);
  const store = { table, keyring, now, sleep, randomBytes, log };
  return {
    ...createAnswering(settings, platform),
    keyring,
    store,
    signOuts: createSignOuts(store, sleep, elapsed),
  };
}

/** What the app asks of every sign-in. */
export interface Wishes {
  /** Beside those of OpenID Connect. */
  readonly scopes?: readonly string[];
  /** Of the ID token, by name, handed on to the app. */
  readonly claims?: readonly string[];
}

/** Makes the context. It sends nothing before a request needs it. */
export function createContext(
  settings: Settings,
  platform: Platform,
  { scopes = [], claims = [] }: Wishes = {},
): Context {
  const { table, send, open, now, elapsed, randomBytes, managedIdentity, sleep, log } = platform;
  const { clientId, allowedTenants } = settings;
  const signingOut = createSignOutContext(settings, settings.sealingKeys, platform);
  const { metadata } = signingOut;
  const issuer = () => metadata.get();
  const keys = createProviderKeys(issuer, send, now, elapsed);
  const credential = createClientCredential(
    settings.credential,
    clientId,
    managedIdentity,
    platform,
  );
  const idTokens = createIdTokenValidator(
    { clientId, allowedTenants, metadata: issuer, claims },
    keys,
  );
  return {
    ...signingOut,
    settings,
    scopes,
    sleep,
    randomBytes,
    ...createTokenRequests({ ...platform, settings, credential, metadata, idTokens }),
    refreshes: new Refreshes(),
    idTokens,
    logoutTokens: createLogoutTokenValidator({ clientId, allowedTenants, metadata: issuer }, keys),
    open,
    fetch: platform.fetch,
    watchSignOut: createSignOutWatch(sleep, elapsed),
    turnsAt: byName(() => createTurns(API_TURNS)),
    isHealthy: createHealthCheck(table, elapsed, sleep, log),
  };
}

/** Makes one for each name, when it is first asked for. */
function byName<T>(make: () => T): (name: string) => T {
  const made = new Map<string, T>();
  return (name) => {
    const one = made.get(name) ?? make();
    made.set(name, one);
    return one;
  };
}
