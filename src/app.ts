import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { app, type InvocationContext } from "@azure/functions";
import { readSettings } from "./shared/config/settings.ts";
import { keepAliveSender } from "./shared/http/send.ts";
import { managedIdentity } from "./shared/identity/managedIdentity.ts";
import { kindsOf } from "./shared/kindsOf.ts";
import { createLightsout } from "./shared/lightsout.ts";
import { azureTable } from "./shared/store/azureTable.ts";
import { retrying, SHORT_FAULTS } from "./shared/store/retrying.ts";
import type { Log } from "./shared/store/store.ts";

/** The invocation that is running, so that what it logs is filed under it. A sign-out may go on when it is over. */
const invocation = new AsyncLocalStorage<{ context: InvocationContext | undefined }>();

app.hook.preInvocation((hook) => {
  const { functionHandler, invocationContext } = hook;
  const running: ReturnType<typeof invocation.getStore> = { context: invocationContext };
  hook.functionHandler = (...args) =>
    invocation.run(running, async () => {
      try {
        return await functionHandler(...args);
      } finally {
        running.context = undefined;
      }
    });
});

const log: Log = (level, event, details) => {
  (invocation.getStore()?.context ?? console)[level](JSON.stringify({ event, ...details }));
};

const settings = readSettings(process.env);
const send = keepAliveSender();

const table = retrying(
  azureTable(settings.storage, send, managedIdentity),
  { ...SHORT_FAULTS, sleep },
  (error) => log("warn", "storage.retry", { error: kindsOf(error.cause) }),
);

/** The one Lightsout of this process. */
export const lightsout = createLightsout(settings, {
  table,
  send,
  now: Date.now,
  sleep,
  randomBytes,
  managedIdentity,
  log,
});

app.hook.appTerminate(() => {
  for (const who of lightsout.signOuts.open()) log("error", "signout.unfinished", { who });
});
