import { afterAll, afterEach, beforeAll, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import type { Tenant } from "../../local/tenant/tenant.ts";
import { refreshTokens } from "../../src/shared/identity/tokens.ts";
import { ADELE, envOf, GUEST, tenantOfApp, testApp } from "../support/app.ts";
import { OTHER_TENANT_ID } from "../support/identity.ts";
import { redeem } from "../support/tokens.ts";

let tenant: Tenant;
beforeAll(async () => {
  tenant = await tenantOfApp();
});
afterEach(() => {
  tenant.requests.length = 0;
});
afterAll(() => tenant.stop());

const clientOf = (alias?: string) => testApp(envOf(tenant, alias)).app.createClient;

/** Signs in, refreshes, and says whose tokens these are. */
async function tokens(alias: string | undefined, username: string) {
  const createClient = clientOf(alias);
  const { idToken, homeAccountId, cache } = await redeem(createClient, { username });
  const { tid } = decodeJwt(idToken) as { tid: string };
  const request = { homeAccountId, tenantId: tid, scopes: ["Mail.Read"] };
  const refreshed = await refreshTokens(createClient, cache, request);
  const { oid } = (await tenant.verifyAccessToken(refreshed.accessToken)) ?? {};
  const { tid: accessTokenTenant } = decodeJwt(refreshed.accessToken);
  return { homeAccountId, tid, accessTokenTenant, oid, realms: realmsOf(refreshed.cache) };
}

const realmsOf = ({ AccessToken }: Awaited<ReturnType<typeof refreshTokens>>["cache"]) => [
  ...new Set(Object.values(AccessToken).map(({ realm }) => realm)),
];

describe("whose tenant a token is of", () => {
  it("a member's is the home tenant", async () => {
    const { tenantId } = tenant;
    for (const alias of [undefined, "organizations", "common"]) {
      const found = await tokens(alias, ADELE);
      expect(found).toMatchObject({
        tid: tenantId,
        accessTokenTenant: tenantId,
        realms: [tenantId],
      });
    }
  });

  it("a guest's is the tenant that was signed in to, and the account stays the home one", async () => {
    const guest = tenant.users.find(({ username }) => username === GUEST);
    const { tenantId } = tenant;
    await expect(tokens(undefined, GUEST)).resolves.toEqual({
      homeAccountId: `${guest?.oid}.${OTHER_TENANT_ID}`,
      tid: tenantId,
      accessTokenTenant: tenantId,
      oid: guest?.guestOid,
      realms: [tenantId],
    });
  });

  it("another organization's user has that organization's, from its own token endpoint", async () => {
    const found = await tokens("organizations", GUEST);
    expect(found).toMatchObject({
      tid: OTHER_TENANT_ID,
      accessTokenTenant: OTHER_TENANT_ID,
      realms: [OTHER_TENANT_ID],
    });
  });

  it("a guest is refused a token of the home tenant", async () => {
    const createClient = clientOf("organizations");
    const { homeAccountId, cache } = await redeem(createClient, { username: GUEST });
    const request = { homeAccountId, tenantId: tenant.tenantId, scopes: ["User.Read"] };
    // A client of the shared endpoint, where Entra answers for the home tenant.
    const shared = () => createClient();
    await expect(refreshTokens(shared, cache, request)).rejects.toMatchObject({
      code: "ERR_PROVIDER_UNAVAILABLE",
      message: "The provider issued a token of another tenant. It was thrown away.",
    });
  });
});
