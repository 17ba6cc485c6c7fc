import { afterEach, describe, expect, it } from "@jest/globals";
import { decodeJwt } from "jose";
import { createTokenEndpoint, type Refreshed } from "../../src/shared/identity/tokenEndpoint.ts";
import { ADELE, envOf, GUEST, tenantOfApp, testApp } from "../support/app.ts";
import { OTHER_TENANT_ID } from "../support/identity.ts";
import { shared } from "../support/shared.ts";
import { redeem, refreshed, refreshRequest } from "../support/tokens.ts";

const tenant = shared(tenantOfApp);
afterEach(() => {
  tenant.requests.length = 0;
});

const appOf = (alias?: string) => testApp(envOf(tenant, alias)).app;

/** Signs in, refreshes, and says whose tokens these are. */
async function tokens(alias: string | undefined, username: string) {
  const app = appOf(alias);
  const redeemed = await redeem(app, { username });
  const { homeAccountId } = redeemed;
  const request = refreshRequest(redeemed);
  const { accessToken, cache } = await refreshed(app.tokens.refresh(redeemed.cache, request));
  const { oid } = (await tenant.verifyAccessToken(accessToken)) ?? {};
  const { tid: accessTokenTenant } = decodeJwt(accessToken);
  return {
    homeAccountId,
    tid: request.tenantId,
    accessTokenTenant,
    oid,
    realms: realmsOf(cache),
  };
}

const realmsOf = ({ AccessToken }: Refreshed["cache"]) => [
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
    const app = appOf("organizations");
    const redeemed = await redeem(app, { username: GUEST });
    const request = { ...refreshRequest(redeemed), tenantId: tenant.tenantId };
    // A client of the shared endpoint, where Entra answers for the home tenant.
    const shared: typeof app.createClient = (_, take) => app.createClient(undefined, take);
    const endpoint = createTokenEndpoint(shared, app.idTokens, () => {});
    await expect(endpoint.refresh(redeemed.cache, request)).rejects.toMatchObject({
      code: "ERR_PROVIDER_UNAVAILABLE",
      message:
        "The provider answered with tokens that are not this sign-in's. They were thrown away.",
    });
  });
});
