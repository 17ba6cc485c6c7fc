import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readSettings } from "../../src/shared/config/settings.ts";
import { keepAliveFetch } from "../../src/shared/http/keepAliveFetch.ts";
import { managedIdentity } from "../../src/shared/identity/managedIdentity.ts";
import { createLightsout, type Lightsout } from "../../src/shared/lightsout.ts";
import { azureTable } from "../../src/shared/store/azureTable.ts";
import { retrying, type TableRequests } from "../../src/shared/store/retrying.ts";

/** Lightsout as src/app.ts composes it, without a log. @param watch What stands before the table, if anything. */
export function composeApp(
  env: Readonly<Record<string, string>>,
  watch: (requests: TableRequests) => TableRequests = (requests) => requests,
): Lightsout {
  const settings = readSettings(env);
  return createLightsout(settings, {
    table: retrying(watch(azureTable(settings.storage, managedIdentity)), {
      delays: [100, 300, 600],
      maxDelay: 2_000,
      sleep,
    }),
    fetch: keepAliveFetch(),
    now: Date.now,
    sleep,
    randomBytes,
    managedIdentity,
    log: () => {},
  });
}
