import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { issuerOf } from "./authority.ts";
import { challengeUser, findUser, revokeSessions } from "./controls.ts";
import { startElsewhere } from "./elsewhere.ts";
import { Grants } from "./grants.ts";
import { serve } from "./router.ts";
import { Sessions } from "./session.ts";
import { SigningKey } from "./signingKey.ts";
import type { State } from "./state.ts";
import type { Switches } from "./switches.ts";
import { verifyAccessToken } from "./tokens.ts";
import type { Tenant, TenantOptions } from "./types.ts";
import { defaultUsers } from "./users.ts";

export type * from "./directory.ts";
export type * from "./switches.ts";
export type * from "./types.ts";

const TENANT_ID = "8d5c2a1e-7b4f-4c7d-9e36-5f0a1b2c3d4e";

/** Starts a stand-in for Microsoft Entra ID on a loopback port. */
export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
  const tenantId = options.tenantId ?? TENANT_ID;
  const authority = options.authority ?? `https://login.microsoftonline.com/${tenantId}`;
  const server = createServer((request, response) => void serve(state, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const elsewhere = await startElsewhere(
    (request, response) => void serve(state, request, response),
  );
  const state: State = {
    tenantId,
    domain: "contoso.com",
    authority,
    issuer: options.issuer ?? `${authority}/v2.0`,
    url: options.url ?? `http://login.localhost:${port}`,
    internalUrl: `http://127.0.0.1:${port}`,
    elsewhere,
    users: options.users ?? defaultUsers(),
    apps: new Map(options.apps?.map((app) => [app.clientId, app])),
    signingKey: await SigningKey.create(options.signingKey),
    sessions: new Sessions(),
    grants: new Grants(),
    switches: defaultSwitches(),
    challenges: new Map(),
    refreshes: new Map(),
    holds: new Set(),
    requests: [],
    frontChannelCalls: [],
    issued: [],
    now: options.now ?? Date.now,
  };
  return {
    url: state.url,
    internalUrl: state.internalUrl,
    tenantId,
    authority,
    issuer: issuerOf(state, tenantId),
    metadataUrl: `${state.internalUrl}/${tenantId}/v2.0/.well-known/openid-configuration`,
    users: state.users,
    apps: state.apps,
    switches: state.switches,
    requests: state.requests,
    frontChannelCalls: state.frontChannelCalls,
    issued: state.issued,
    signingKey: state.signingKey.jwk,
    get sessions() {
      return state.sessions.all();
    },
    register: (app) => void state.apps.set(app.clientId, app),
    holdTokenEndpoint: () => hold(state),
    revoke: (oid) => revokeSessions(state, findUser(state, oid)),
    forceClaimsChallenge: (oid) => challengeUser(state, findUser(state, oid)),
    verifyAccessToken: (token) => verifyAccessToken(state, token),
    async stop() {
      if (!server.listening) return;
      const closed = promisify(server.close.bind(server))();
      server.closeAllConnections();
      await closed;
      await elsewhere.stop();
    },
  };
}

function hold(state: State): () => void {
  const { promise, resolve } = Promise.withResolvers<void>();
  state.holds.add(promise);
  return () => {
    state.holds.delete(promise);
    resolve();
  };
}

function defaultSwitches(): Switches {
  return {
    sendIss: false,
    omitSid: false,
    omitAcrs: false,
    omitSessionState: false,
    deviceMode: false,
    signOutOnOtherOrigin: false,
    backchannelLogout: false,
    revokeReusedRefreshTokens: false,
    requestLoopLimit: 15,
    accessTokenLifetime: 3600,
    caeAccessTokenLifetime: 86_400,
  };
}
