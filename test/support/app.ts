import { setTimeout } from "node:timers/promises";
import { createBrowser } from "../../local/tenant/browserless.ts";
import { startTenant, type Tenant, type TenantOptions } from "../../local/tenant/tenant.ts";
import { createEnvironment } from "../../src/compose.ts";
import type { Log } from "../../src/shared/base/log.ts";
import type { Env } from "../../src/shared/config/env.ts";
import {
  type Context,
  createContext,
  type Platform,
  type Wishes,
} from "../../src/shared/context.ts";
import { finishSignIn } from "../../src/shared/flows/finishSignIn.ts";
import { startSignIn } from "../../src/shared/flows/startSignIn.ts";
import {
  readSessionCookie,
  SESSION_COOKIE,
  type SessionTicket,
} from "../../src/shared/session/sessionCookie.ts";
import { type MemoryTable, memoryTable } from "./memoryTable.ts";
import { post, request } from "./request.ts";
import { BASE_URL, CLIENT_ID, SECRET, settings } from "./settings.ts";

export const ADELE = "adelev@contoso.com";
export const ALEX = "alexw@contoso.com";
export const GUEST = "jordan@fabrikam.com";

export interface TestApp {
  readonly app: Context;
  readonly table: MemoryTable;
  readonly logged: Parameters<Log>[];
  /** Moves the app's clock. Milliseconds. */
  advance(by: number): void;
}

/** Lightsout on a table in memory. Nothing is sent to anybody unless `env` names who is there. */
export function testApp(
  env: Env = {},
  platform: Partial<Platform> = {},
  wishes: Wishes = {},
): TestApp {
  const table = memoryTable();
  const logged: Parameters<Log>[] = [];
  let ahead = 0;
  const environment = createEnvironment({
    now: () => Date.now() + ahead,
    elapsed: () => performance.now() + ahead,
    // What can be cut short is time that has to pass.
    sleep: async (milliseconds, signal) => {
      if (signal) await setTimeout(milliseconds, undefined, { signal });
    },
    managedIdentity: () => async () => "identity-token",
    log: (...entry) => void logged.push(entry),
    ...platform,
  });
  const app = createContext(
    settings(env),
    { table, ...environment, ...platform },
    { scopes: ["User.Read"], ...wishes },
  );
  return {
    app,
    table,
    logged,
    advance: (by) => {
      ahead += by;
    },
  };
}

/** A development tenant that knows this app. */
export function tenantOfApp(options: TenantOptions = {}): Promise<Tenant> {
  return startTenant({
    apps: [
      {
        clientId: CLIENT_ID,
        displayName: "Lightsout",
        redirectUris: [`${BASE_URL}/auth/callback`, `${BASE_URL}/auth/signed-out`],
        clientSecrets: [SECRET],
        optionalClaims: ["sid", "login_hint", "auth_time", "acrs"],
        audience: "multi",
      },
    ],
    ...options,
  });
}

/** App settings for that tenant; `alias` for one of the names that stand for many tenants. */
export function envOf(tenant: Tenant, alias = tenant.tenantId): Env {
  return {
    ENTRA_TENANT_ID: alias,
    ENTRA_METADATA_URL: tenant.metadataUrl.replace(tenant.tenantId, alias),
  };
}

/** Signs a user in with a browser that has no session yet. @returns the session cookie's value. */
export async function signIn({ app }: TestApp, username = ADELE, scopes: string[] = []) {
  const options = { returnTo: undefined, scopes };
  const started = await startSignIn(app, request(), options);
  const form = await createBrowser().signIn(started.location, username);
  const cookies = Object.fromEntries(started.cookies.map(({ name, value }) => [name, value]));
  const finished = await finishSignIn(app, post(form.fields, { cookies }));
  if (finished.refused) throw finished.refused;
  const [session] = finished.cookies;
  if (!session) throw new Error("There is no session cookie.");
  return session.value;
}

/** Where that cookie's session is. */
export function refOf({ app }: TestApp, cookie: string): SessionTicket {
  const cookies = { [SESSION_COOKIE]: cookie };
  const ticket = readSessionCookie(app.store.keyring, request("/", { cookies }));
  if (!ticket) throw new Error("That is no session cookie.");
  return ticket;
}
