import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Env } from "./shared/config/env.ts";
import { readSettings } from "./shared/config/settings.ts";
import { keepAliveSender } from "./shared/http/send.ts";
import { managedIdentity } from "./shared/identity/managedIdentity.ts";
import { createLightsout, type Lightsout } from "./shared/lightsout.ts";
import { azureTable } from "./shared/store/azureTable.ts";
import { retrying, SHORT_FAULTS } from "./shared/store/retrying.ts";
import type { Log } from "./shared/store/store.ts";
import { faultFields } from "./shared/store/tableFault.ts";

/** Makes the one Lightsout of a process, out of its app settings. */
export function composeLightsout(env: Env, log: Log): Lightsout {
  const settings = readSettings(env);
  const send = keepAliveSender();

  const table = retrying(
    azureTable(settings.storage, send, managedIdentity),
    { ...SHORT_FAULTS, sleep },
    (error) => log("warn", "storage.retry", faultFields(error)),
  );

  return createLightsout(settings, {
    table,
    send,
    now: Date.now,
    sleep,
    randomBytes,
    managedIdentity,
    log,
  });
}
