import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Log } from "./shared/base/log.ts";
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
  lacking,
  type SignOutContext,
} from "./shared/context.ts";
import { keepAliveSender } from "./shared/net/send.ts";
import { managedIdentity } from "./shared/oauth/managedIdentity.ts";
import { azureTable } from "./shared/table/azureTable.ts";
import { retrying, SHORT_FAULTS } from "./shared/table/retrying.ts";
import type { Table } from "./shared/table/table.ts";
import { faultFields } from "./shared/table/tableFault.ts";
import { logFault } from "./shared/web/handlers.ts";

const elapsed = () => performance.now();

/** What the functions of a process work with. */
export interface App {
  readonly context: Context;
  /** The same, or what there is of it. */
  readonly signingOut: SignOutContext;
}

/**
 * Makes the one Lightsout of a process, out of its app settings. Where that cannot be, whatever it is asked for
 * throws why; signing out then still works as long as the table and the sealing keys can be read.
 */
export function compose(env: Env, log: Log): App {
  const send = keepAliveSender(undefined, env);
  const identity = managedIdentity({ send, sleep, elapsed });
  const platform = {
    send,
    now: Date.now,
    elapsed,
    sleep,
    randomBytes,
    managedIdentity: identity,
    log,
  };

  function openTable(storage: StorageSettings): Table {
    return retrying(azureTable(storage, send, identity), { ...SHORT_FAULTS, sleep }, (error) =>
      log("warn", "storage.retry", faultFields(error)),
    );
  }

  function signOutOnly(): SignOutContext {
    const settings = readSignOutSettings(env);
    try {
      const table = openTable(readStorageSettings(env));
      return createSignOutContext(settings, readSealingKeys(env), { ...platform, table });
    } catch (error) {
      const signOuts = lacking<SignOutContext["signOuts"]>(error, { open: () => [] });
      return lacking<SignOutContext>(error, { ...createAnswering(settings, platform), signOuts });
    }
  }

  try {
    const settings = readSettings(env);
    const doubt = doubtAbout(settings.credential);
    if (doubt) log("warn", "setting.doubtful", { reason: doubt });
    const table = openTable(settings.storage);
    const context = createContext(settings, { ...platform, table });
    return { context, signingOut: context };
  } catch (error) {
    const signingOut = signOutOnly();
    const { authority, metadataUrl } = signingOut.settings;
    logFault(signingOut, error);
    return {
      signingOut,
      // What is there is what saying so takes.
      context: lacking<Context>(error, {
        log,
        dampedLog: signingOut.dampedLog,
        settings: lacking<Settings>(error, { authority, metadataUrl }),
      }),
    };
  }
}
