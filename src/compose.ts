import { randomBytes } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { lacking } from "./shared/base/lacking.ts";
import type { Place } from "./shared/config/address.ts";
import { doubtAbout } from "./shared/config/credential.ts";
import type { Env } from "./shared/config/env.ts";
import { readSealingKeys } from "./shared/config/sealingKeys.ts";
import { readSettings, readSignOutSettings, type Settings } from "./shared/config/settings.ts";
import { readStorageSettings, type StorageSettings } from "./shared/config/storage.ts";
import {
  type Context,
  createAnswering,
  createContext,
  createSignOutContext,
  type Platform,
  type SignOutContext,
  type Wishes,
} from "./shared/context.ts";
import { keepAliveOpener } from "./shared/net/open.ts";
import { wholeAnswers } from "./shared/net/send.ts";
import { managedIdentity } from "./shared/oauth/managedIdentity.ts";
import { azureTable } from "./shared/table/azureTable.ts";
import { retrying, SHORT_FAULTS, type TableRequests } from "./shared/table/retrying.ts";
import type { Table } from "./shared/table/table.ts";
import { faultFields } from "./shared/table/tableFault.ts";
import { logFault } from "./shared/web/answers.ts";

/** The outside world of a process, before there are settings. */
export type Environment = Omit<Platform, "table">;

/** The real environment, without a log. @param env Names the identity's endpoint. @param own Replaces parts of it. */
export function createEnvironment(env: Env, own: Partial<Environment> = {}): Environment {
  const {
    open = keepAliveOpener(),
    send = wholeAnswers(open),
    elapsed = () => performance.now(),
    sleep = (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }),
  } = own;
  return {
    open,
    send,
    elapsed,
    sleep,
    // A team's test may stand in for it at any time.
    fetch: (...request) => fetch(...request),
    now: Date.now,
    randomBytes,
    managedIdentity: managedIdentity({ send, sleep, elapsed }, env),
    log: () => {},
    ...own,
  };
}

/** The table that the settings name. @param watch Wraps each request. */
export function openTable(
  storage: StorageSettings,
  { send, sleep, managedIdentity, log }: Environment,
  watch: (requests: TableRequests) => TableRequests = (requests) => requests,
): Table {
  const requests = watch(azureTable(storage, send, managedIdentity));
  return retrying(requests, { ...SHORT_FAULTS, sleep }, (error) =>
    log("warn", "storage.retry", faultFields(error)),
  );
}

/** What the functions of a process work with. */
export interface App {
  readonly context: Context;
  /** The same context, or as much of it as signing out needs and the settings allow. */
  readonly signingOut: SignOutContext;
}

/** What an app's code says, and no setting. */
export interface Composition {
  readonly wishes: Wishes;
  readonly place: Place;
}

/**
 * Makes the contexts of a process from its app settings. With a wrong setting, reading anything from `context` throws the
 * reason. Signing out still works if the settings of the table and the sealing keys can be read.
 */
export function compose(env: Env, environment: Environment, { wishes, place }: Composition): App {
  const { log } = environment;
  try {
    const settings = readSettings(env, place);
    const doubt = doubtAbout(settings.credential);
    if (doubt) log("warn", "setting.doubtful", { reason: doubt });
    const table = openTable(settings.storage, environment);
    const context = createContext(settings, { ...environment, table }, wishes);
    return { context, signingOut: context };
  } catch (error) {
    const signingOut = signOutOnly(env, environment, place);
    const { appName, authority, metadataUrl } = signingOut.settings;
    logFault(signingOut, error);
    return {
      signingOut,
      // These are needed to answer with the reason.
      context: lacking<Context>(error, {
        log,
        dampedLog: signingOut.dampedLog,
        settings: lacking<Settings>(error, { ...place, appName, authority, metadataUrl }),
      }),
    };
  }
}

function signOutOnly(env: Env, environment: Environment, place: Place): SignOutContext {
  const settings = readSignOutSettings(env, place);
  try {
    const table = openTable(readStorageSettings(env), environment);
    return createSignOutContext(settings, readSealingKeys(env), { ...environment, table });
  } catch (error) {
    const signOuts = lacking<SignOutContext["signOuts"]>(error, { unfinished: () => [] });
    return lacking<SignOutContext>(error, { ...createAnswering(settings, environment), signOuts });
  }
}
