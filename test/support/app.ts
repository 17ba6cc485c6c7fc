import { setTimeout } from "node:timers/promises";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import {
  startTenant,
  type Tenant,
  type TenantOptions,
  type TenantUser,
} from "../../local/tenant/tenant.ts";
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
import type { Sessions } from "../../src/shared/session/refresh.ts";
import { findSession, type SignedInSession } from "../../src/shared/session/session.ts";
import {
  readSessionCookie,
  SESSION_COOKIE,
  type SessionTicket,
} from "../../src/shared/session/sessionCookie.ts";
import type { HeldSession } from "../../src/shared/store/segments.ts";
import { signedIn } from "../../src/shared/web/handlers.ts";
import { json } from "../../src/shared/web/responses.ts";
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
  /** The names of what was logged. */
  events(): string[];
  /** What was asked of the table, by kind alone: `get`, `replace`, `remove`. */
  operations(): string[];
  /** Moves the app's clock. Milliseconds. */
  advance(by: number): void;
}

/** Lightsout on a table in memory. Nothing is sent to anybody unless `env` names who is there. */
export function testApp(
  env: Env = {},
  platform: Partial<Platform> = {},
  wishes: Wishes = {},
): TestApp {
  const table = (platform.table as MemoryTable | undefined) ?? memoryTable();
  const logged: Parameters<Log>[] = [];
  let ahead = 0;
  const environment = createEnvironment(
    {},
    {
      now: () => Date.now() + ahead,
      elapsed: () => performance.now() + ahead,
      // What can be cut short is time that has to pass.
      sleep: async (milliseconds, signal) => {
        if (signal) await setTimeout(milliseconds, undefined, { signal });
      },
      managedIdentity: () => async () => "identity-token",
      log: (...entry) => void logged.push(entry),
      ...platform,
    },
  );
  const app = createContext(
    settings(env),
    { ...environment, ...platform, table },
    { scopes: ["User.Read"], ...wishes },
  );
  return {
    app,
    table,
    logged,
    events: () => logged.map(([, event]) => event),
    operations: () => table.operations.map((operation) => operation.replace(/ .*/, "")),
    advance: (by) => {
      ahead += by;
    },
  };
}

/** An instance by somebody's clock, on a table of its own or on another's. */
export function instanceOf(
  tenant: Tenant,
  now: () => number,
  { env = {}, table, ...wishes }: Wishes & { env?: Env; table?: MemoryTable | undefined } = {},
): TestApp {
  const platform = { now, elapsed: now, ...(table && { table }) };
  return testApp({ ...envOf(tenant), ...env }, platform, wishes);
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

/** The requests that have come to its token endpoint. */
export const tokenRequests = ({ requests }: Tenant) =>
  requests.filter(({ endpoint }) => endpoint === "token");

export function userOf({ users }: Tenant, username = ADELE): TenantUser {
  const user = users.find((candidate) => candidate.username === username);
  if (!user) throw new Error(`No such user: ${username}`);
  return user;
}

/** App settings for that tenant; `alias` for one of the names that stand for many tenants. */
export function envOf(tenant: Tenant, alias = tenant.tenantId): Env {
  return {
    ENTRA_TENANT_ID: alias,
    ENTRA_METADATA_URL: tenant.metadataUrl.replace(tenant.tenantId, alias),
  };
}

type Start = Partial<Parameters<typeof startSignIn>[2]> & {
  readonly username?: string;
  readonly browser?: Browser;
  /** Of the browser, from before. */
  readonly before?: Readonly<Record<string, string>>;
};

/** A sign-in up to the provider's answer, which `finish` posts to the app. */
export async function answeredSignIn({ app }: TestApp, start: Start = {}) {
  const { username = ADELE, browser = createBrowser(), before = {}, ...options } = start;
  const asked = { returnTo: undefined, scopes: [], ...options };
  const started = await startSignIn(app, request("/", { cookies: before }), asked);
  const { fields } = await browser.signIn(started.location, username);
  const cookies = Object.fromEntries(started.cookies.map(({ name, value }) => [name, value]));
  const finish = (more = {}) => finishSignIn(app, post({ ...fields, ...more }, { cookies }));
  return { location: started.location, finish };
}

/** Signs a user in with a browser that has no session yet. @returns the session cookie's value. */
export async function signIn(one: TestApp, username = ADELE, scopes: string[] = []) {
  const { finish } = await answeredSignIn(one, { username, scopes });
  const finished = await finish();
  if (finished.refused) throw finished.refused;
  const [session] = finished.cookies;
  if (!session) throw new Error("There is no session cookie.");
  return session.value;
}

/** What a function of the team's own answers, which calls no API. */
export function askFunction(
  { app }: TestApp,
  cookies: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
) {
  const handler = signedIn(app, async (_, __, { account }) => json({ served: true, account }));
  return handler(request("/my", { cookies, headers }), {});
}

/** The keys of the rows that hold tokens. */
export const tokenRowsOf = ({ table }: Pick<TestApp, "table">) =>
  [...table.rows.keys()].filter((key) => key.includes("|c."));

/** Where that cookie's session is. */
export function refOf({ app }: TestApp, cookie: string): SessionTicket {
  const cookies = { [SESSION_COOKIE]: cookie };
  const ticket = readSessionCookie(app.store.keyring, request("/", { cookies }));
  if (!ticket) throw new Error("That is no session cookie.");
  return ticket;
}

/** The session that a cookie leads to. @throws Error when nobody is signed in. */
export async function openSession(
  { app }: { readonly app: Sessions },
  held: HeldSession,
): Promise<SignedInSession> {
  const session = await findSession(app, CLIENT_ID, held);
  if (!session) throw new Error("Signed out.");
  return session;
}
