import { type Application, GRAPH_PERMISSIONS, type RequiredResourceAccess } from "./application.ts";

/** An application as Microsoft Graph returns it. Properties that were never set are null. */
export type StoredApplication = { readonly id: string; readonly appId: string } & {
  readonly [Name in keyof Application]: Application[Name] | null;
};

export interface Changes {
  /** The properties to send. Graph keeps the others. */
  readonly patch: Partial<Application>;
  /** One line for each difference, for people. */
  readonly lines: readonly string[];
}

/**
 * What is missing. Lists only grow: a redirect URI, claim or permission that somebody added stays. Name and audience stay
 * too.
 */
export function changesTo(stored: StoredApplication, wanted: Application): Changes {
  const changes = [webChanges, claimChanges, permissionChanges].map((of) => of(stored, wanted));
  return {
    patch: Object.assign({}, ...changes.map(({ patch }) => patch)),
    lines: changes.flatMap(({ lines }) => lines),
  };
}

/** For a registration that is not there yet. */
export function everythingIn(wanted: Application): readonly string[] {
  const nothing = { web: null, optionalClaims: null, requiredResourceAccess: null };
  const { displayName, signInAudience } = wanted;
  const stored = { id: "", appId: "", displayName, signInAudience, ...nothing };
  return [
    `+ displayName: ${displayName}`,
    `+ signInAudience: ${signInAudience}`,
    ...changesTo(stored, wanted).lines,
  ];
}

function webChanges({ web: stored }: StoredApplication, { web: wanted }: Application): Changes {
  const known = stored?.redirectUris ?? [];
  const added = wanted.redirectUris.filter((uri) => !known.includes(uri));
  const lines = added.map((uri) => `+ web.redirectUris: ${uri}`);

  const { logoutUrl } = wanted;
  if (logoutUrl && stored?.logoutUrl !== logoutUrl) {
    const before = stored?.logoutUrl ? `${stored.logoutUrl} -> ` : "";
    lines.push(`${before ? "~" : "+"} web.logoutUrl: ${before}${logoutUrl}`);
  }
  const { enableAccessTokenIssuance, enableIdTokenIssuance } = stored?.implicitGrantSettings ?? {};
  if (enableAccessTokenIssuance)
    lines.push("- web.implicitGrantSettings.enableAccessTokenIssuance");
  if (enableIdTokenIssuance) lines.push("- web.implicitGrantSettings.enableIdTokenIssuance");

  if (lines.length === 0) return { patch: {}, lines };
  const web = {
    ...wanted,
    redirectUris: [...known, ...added],
    logoutUrl: logoutUrl ?? stored?.logoutUrl ?? null,
  };
  return { patch: { web }, lines };
}

function claimChanges({ optionalClaims: stored }: StoredApplication, wanted: Application): Changes {
  const known = stored?.idToken ?? [];
  const added = wanted.optionalClaims.idToken.filter(
    ({ name }) => !known.some((claim) => claim.name === name),
  );
  if (added.length === 0) return { patch: {}, lines: [] };
  return {
    patch: { optionalClaims: { ...stored, idToken: [...known, ...added] } },
    lines: added.map(({ name }) => `+ optionalClaims.idToken: ${name}`),
  };
}

function permissionChanges(stored: StoredApplication, wanted: Application): Changes {
  const known = stored.requiredResourceAccess ?? [];
  const lines: string[] = [];
  const merged = new Map(known.map((resource) => [resource.resourceAppId, resource]));
  for (const { resourceAppId, resourceAccess } of wanted.requiredResourceAccess) {
    const before: RequiredResourceAccess["resourceAccess"] =
      merged.get(resourceAppId)?.resourceAccess ?? [];
    const added = resourceAccess.filter(({ id }) => !before.some((access) => access.id === id));
    lines.push(...added.map(({ id }) => `+ requiredResourceAccess: ${permissionName(id)}`));
    merged.set(resourceAppId, { resourceAppId, resourceAccess: [...before, ...added] });
  }
  if (lines.length === 0) return { patch: {}, lines };
  return { patch: { requiredResourceAccess: [...merged.values()] }, lines };
}

function permissionName(id: string): string {
  return Object.entries(GRAPH_PERMISSIONS).find(([, value]) => value === id)?.[0] ?? id;
}
