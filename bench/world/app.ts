import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { readSettings } from "../../src/shared/config/settings.ts";
import { type Context, createContext } from "../../src/shared/context.ts";
import { keepAliveSender } from "../../src/shared/net/send.ts";
import { managedIdentity } from "../../src/shared/oauth/managedIdentity.ts";
import { azureTable } from "../../src/shared/table/azureTable.ts";
import { retrying, SHORT_FAULTS, type TableRequests } from "../../src/shared/table/retrying.ts";

const elapsed = () => performance.now();

/** Lightsout as src/compose.ts composes it, without a log. @param watch What stands before the table, if anything. */
export function composeApp(
  env: Readonly<Record<string, string>>,
  watch: (requests: TableRequests) => TableRequests = (requests) => requests,
): Context {
  const settings = readSettings(env);
  const send = keepAliveSender();
  const identity = managedIdentity({ send, sleep, elapsed });
  return createContext(settings, {
    table: retrying(watch(azureTable(settings.storage, send, identity)), {
      ...SHORT_FAULTS,
      sleep,
    }),
    send,
    now: Date.now,
    elapsed,
    sleep,
    randomBytes,
    managedIdentity: identity,
    log: () => {},
  });
}
