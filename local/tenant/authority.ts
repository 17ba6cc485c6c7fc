import type { AppRegistration, TenantUser } from "./directory.ts";
import { EntraError } from "./errors.ts";
import type { State } from "./state.ts";
import { CONSUMERS_TENANT, homeTenant } from "./users.ts";

/** What the first path segment of a request stands for. */
export type Authority =
  | { kind: "tenant"; name: string; tenantId: string }
  | { kind: "common" | "organizations"; name: string; tenantId?: undefined };

const NO_CLIENT = "00000000-0000-0000-0000-000000000000";
const PLACEHOLDER = "{tenantid}";

/** @throws EntraError 90002 when there is no such tenant. */
export function findAuthority(state: State, segment: string): Authority {
  const name = segment.toLowerCase();
  if (name === "common" || name === "organizations") return { kind: name, name };
  if (name === "consumers") return { kind: "tenant", name, tenantId: CONSUMERS_TENANT };
  const tenantId = name === state.domain ? state.tenantId : name;
  if (!tenantIds(state).has(tenantId)) {
    throw new EntraError(
      90002,
      `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    );
  }
  return { kind: "tenant", name: tenantId, tenantId };
}

/** The issuer of a tenant's ID tokens; without one, Entra's template for metadata of many tenants. */
export function issuerOf(state: State, tenantId: string = PLACEHOLDER): string {
  return state.issuer.replaceAll(state.tenantId, tenantId);
}

/** @throws EntraError when the app is unknown or not meant for this authority. */
export function findApp(state: State, authority: Authority, clientId: string): AppRegistration {
  if (clientId === NO_CLIENT) {
    throw new EntraError(700038, `${NO_CLIENT} is not a valid application identifier.`);
  }
  const app = state.apps.get(clientId);
  const audience = app?.audience ?? "single";
  const here = authority.tenantId === state.tenantId;
  const consumers = authority.tenantId === CONSUMERS_TENANT;
  if (!app || (audience === "single" && authority.kind === "tenant" && !here && !consumers)) {
    throw new EntraError(
      700016,
      `Application with identifier '${clientId}' was not found in the directory '${authority.name}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    );
  }
  const who = `Application '${clientId}'(${app.displayName})`;
  if (consumers && (audience === "single" || audience === "multi")) {
    throw new EntraError(
      9002332,
      `${who} is configured for use by Microsoft Entra users only. Please do not use the /consumers endpoint to serve this request.`,
    );
  }
  if (!consumers && audience === "personal" && authority.kind !== "common") {
    throw new EntraError(
      9002331,
      `${who} is configured for use by Microsoft Account users only. Please use the /consumers endpoint to serve this request.`,
    );
  }
  if (authority.kind !== "tenant" && audience === "single") {
    throw new EntraError(
      50194,
      `${who} is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
    );
  }
  return app;
}

/** An account as one tenant knows it. */
export interface Identity {
  user: TenantUser;
  tenantId: string;
  /** Object id in that tenant. */
  oid: string;
}

/** The account's identity at an authority, or undefined when it cannot sign in there. */
export function identityAt(
  state: State,
  authority: Authority,
  app: AppRegistration,
  user: TenantUser,
): Identity | undefined {
  const home = homeTenant(user, state.tenantId);
  const personal = home === CONSUMERS_TENANT;
  if (authority.kind === "tenant") {
    if (home === authority.tenantId) return { user, tenantId: home, oid: user.oid };
    return user.guestOid && authority.tenantId === state.tenantId
      ? { user, tenantId: state.tenantId, oid: user.guestOid }
      : undefined;
  }
  const welcome =
    authority.kind === "organizations"
      ? !personal
      : app.audience === "all" || personal === (app.audience === "personal");
  return welcome ? { user, tenantId: home, oid: user.oid } : undefined;
}

/** @throws EntraError 50020. */
export function requireIdentity(
  state: State,
  authority: Authority,
  app: AppRegistration,
  user: TenantUser,
): Identity {
  const identity = identityAt(state, authority, app, user);
  if (identity) return identity;
  throw new EntraError(
    50020,
    `User account '${user.username}' from identity provider 'https://sts.windows.net/${homeTenant(user, state.tenantId)}/' does not exist in tenant '${authority.name}' and cannot access the application '${app.clientId}'(${app.displayName}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.`,
  );
}

/** @throws EntraError 50034 when the user was deleted, 50057 when disabled. */
export function requireEnabled({ users }: State, user: TenantUser): void {
  if (!users.includes(user)) {
    throw new EntraError(50034, "The user account does not exist in the directory.");
  }
  if (user.disabled) throw new EntraError(50057, "The user account is disabled.");
}

function tenantIds(state: State): Set<string> {
  const homes = state.users.map((user) => homeTenant(user, state.tenantId));
  return new Set([state.tenantId, CONSUMERS_TENANT, ...homes]);
}
