import { expect } from "@jest/globals";
import { type GraphStandIn, startGraph } from "../../local/graph/graph.ts";
import type { FunctionsHost } from "../../local/host/host.ts";
import { Parts } from "../../local/parts.ts";
import { freePort } from "../../local/ports.ts";
import { type Browser, createBrowser } from "../../local/tenant/browserless.ts";
import {
  type AppRegistration,
  startTenant,
  type Tenant,
  type TenantOptions,
} from "../../local/tenant/tenant.ts";
import type { WatchedRig } from "../support/secrets.ts";
import { signOutAtProvider } from "../support/user.ts";

/** A tenant of another cloud, or of External ID. */
export const CLOUD_TENANT = "5e0c9d1b-2a3f-4c6d-8b7e-9f0a1b2c3d4e";

/** A function app with a tenant and a Graph of its own; the table is the rig's. */
export interface World {
  readonly url: string;
  readonly tenant: Tenant;
  readonly graph: GraphStandIn;
  readonly host: FunctionsHost;
  /** The tenants of all tokens that Graph has been given. */
  readonly tids: Set<string>;
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly tenant?: TenantOptions;
  readonly registration?: Partial<AppRegistration>;
  /** `ENTRA_TENANT_ID`. Default: the tenant's id. */
  readonly name?: string;
  readonly env?: Record<string, string>;
}

export async function startWorld(rig: WatchedRig, options: WorldOptions = {}): Promise<World> {
  const parts = new Parts();
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const { signingKey } = rig.tenant;
  const tenant = await parts.add(startTenant({ signingKey, ...options.tenant }));
  rig.watch(tenant);
  const clientId = rig.env.ENTRA_CLIENT_ID ?? "";
  tenant.register({
    clientId,
    displayName: "Lightsout",
    redirectUris: [`${url}/auth/callback`, `${url}/auth/signed-out`],
    frontChannelLogoutUrl: `${url}/auth/logout-callback`,
    clientSecrets: [rig.env.ENTRA_CLIENT_SECRET ?? ""],
    optionalClaims: ["sid", "login_hint"],
    ...options.registration,
  });
  const tids = new Set<string>();
  const graph = await parts.add(
    startGraph({
      verify: async (token) => {
        const user = await tenant.verifyAccessToken(token);
        if (user) tids.add(user.tid);
        return user;
      },
    }),
  );
  const name = options.name ?? tenant.tenantId;
  const env = {
    APP_BASE_URL: url,
    ENTRA_TENANT_ID: name,
    ENTRA_AUTHORITY: tenant.authority.replace(tenant.tenantId, name),
    ENTRA_METADATA_URL: tenant.metadataUrl.replace(tenant.tenantId, name),
    GRAPH_BASE_URL: graph.url,
    ...options.env,
  };
  const host = await parts.add(rig.startHost({ port, env }));
  return { url, tenant, graph, host, tids, env, stop: () => parts.stop() };
}

/** What is said of the account at `/auth/session`; undefined when nobody is signed in. */
export async function accountOf({ url }: Pick<World, "url">, browser: Browser) {
  const { body } = await browser.get(`${url}/auth/session`);
  return JSON.parse(body).account as Record<string, string> | undefined;
}

/** Signs in and ends at the home page, or wherever else it ends. */
export async function signIn({ url }: Pick<World, "url">, username: string) {
  const browser = createBrowser();
  const page = await browser.submit(await browser.signIn(`${url}/auth/signin`, username));
  return { browser, page };
}

/** The provider's id of the session that was begun last. */
export const sidOf = ({ tenant }: World) => tenant.sessions.at(-1)?.signIns[0]?.sid ?? "";

/** Of these, a user has tokens of the home tenant; of any other, of the one that is signed in to. */
const MANY = /^(common|organizations|consumers)$/;

/** Sign-in, Graph, refresh, and a front-channel sign-out: everything that has to work with every tenant. */
export async function expectEverythingWorks(world: World, username: string): Promise<void> {
  const { url, tids, tenant, env } = world;
  const { name, home, homeAccountId } = userOf(world, username);
  const { ENTRA_TENANT_ID: alias = "" } = env;
  const tenantId = MANY.test(alias) ? home : tenant.tenantId;
  tids.clear();
  const { browser, page } = await signIn(world, username);
  expect([page.status, page.url]).toEqual([200, `${url}/`]);
  expect(page.text).toContain(name);
  const account = { homeAccountId, tenantId, name, username };
  expect(await accountOf(world, browser)).toMatchObject(account);

  // Its token is in no cache yet: a refresh.
  const messages = await browser.fetch(`${url}/graph/me/messages?$top=1`);
  expect(messages.status).toBe(200);
  const me = await browser.fetch(`${url}/graph/me`);
  expect(JSON.parse(me.body)).toMatchObject({ displayName: name });
  expect([...tids]).toEqual([tenantId]);

  const signedOut = await signOutAtProvider(world, browser, name, alias);
  const frames = await browser.loadFrames(signedOut);
  expect(frames.map(({ status }) => status)).toEqual([200]);
  // Its pages, and nobody else's, may frame the front-channel logout URL. Personal accounts sign out on a host of their own.
  const origins = [new URL(tenant.authority).origin];
  if (/^(common|consumers)$/.test(alias)) origins.push("https://login.live.com");
  const policy = String(frames[0]?.headers["content-security-policy"]);
  expect(policy.match(/https:[^ ;]+/g)).toEqual(origins);
  expect(await accountOf(world, browser)).toBeUndefined();
  expect((await browser.fetch(`${url}/graph/me`)).status).toBe(401);
  expect(await held(world, homeAccountId)).toBe(false);
}

/** Whether the operator's view says that anything is held. */
export async function held({ url, host }: World, homeAccountId: string): Promise<boolean> {
  const headers = { "x-functions-key": host.keys.default };
  const answer = await fetch(`${url}/accounts/${homeAccountId}`, { headers });
  return ((await answer.json()) as { held: boolean }).held;
}

/** A user as the development tenants know them. */
export function userOf({ tenant }: World, username: string) {
  const user = tenant.users.find((candidate) => candidate.username === username);
  if (!user) throw new Error(`No such user: ${username}`);
  const home = user.tenantId ?? tenant.tenantId;
  return { username, name: user.name, home, homeAccountId: `${user.oid}.${home}` };
}
