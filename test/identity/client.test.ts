import { describe, expect, it } from "@jest/globals";
import { createClientFactory } from "../../src/shared/identity/client.ts";
import { LOGIN, OTHER_TENANT_ID, providerMetadata } from "../support/identity.ts";
import { settings, TENANT_ID } from "../support/settings.ts";

const offline = async () => {
  throw new Error("Nothing is sent.");
};
const network = { sendGetRequestAsync: offline, sendPostRequestAsync: offline };

function factory(changes: Record<string, string> = {}) {
  const asked: (string | undefined)[] = [];
  const metadata = {
    peek: () => undefined,
    get: async (tenantId?: string) => {
      asked.push(tenantId);
      return providerMetadata();
    },
  };
  const credential = { clientSecret: "s" };
  return {
    asked,
    createClient: createClientFactory(settings(changes), credential, metadata, network),
  };
}

describe("client factory", () => {
  it("makes a client for each request: nothing is shared between users", async () => {
    const { createClient } = factory();
    const [one, other] = [await createClient(), await createClient()];
    expect(one).not.toBe(other);
    expect(one.getTokenCache()).not.toBe(other.getTokenCache());
    one.getTokenCache().deserialize(JSON.stringify({ RefreshToken: { key: { secret: "s" } } }));
    expect(other.getTokenCache().serialize()).not.toContain("secret");
  });

  it("asks for the metadata of the tenant that it is for", async () => {
    const { asked, createClient } = factory();
    await createClient();
    await createClient(OTHER_TENANT_ID);
    expect(asked).toEqual([undefined, OTHER_TENANT_ID]);
  });

  const US = "https://login.microsoftonline.us";
  const EXTERNAL = "https://contoso.ciamlogin.com";
  const OWN_DOMAIN = "https://login.contoso.com/contoso.onmicrosoft.com";
  it.each([
    [{}, `${LOGIN}/${OTHER_TENANT_ID}/`],
    [{ ENTRA_TENANT_ID: "common" }, `${LOGIN}/${OTHER_TENANT_ID}/`],
    [{ ENTRA_TENANT_ID: "common", ENTRA_AUTHORITY: `${US}/common` }, `${US}/${OTHER_TENANT_ID}/`],
    [{ ENTRA_AUTHORITY: OWN_DOMAIN }, `${OWN_DOMAIN}/`],
    [{ ENTRA_AUTHORITY: `${EXTERNAL}/${TENANT_ID}` }, `${EXTERNAL}/${OTHER_TENANT_ID}/`],
  ])("with %j, a tenant's client has its authority: %s", async (changes, expected) => {
    const client = await factory(changes).createClient(OTHER_TENANT_ID);
    const { authority } = (client as unknown as { config: { auth: { authority: string } } }).config
      .auth;
    expect(`${authority.replace(/\/$/, "")}/`).toBe(expected);
  });

  it("passes on that the metadata cannot be had", async () => {
    const metadata = { peek: () => undefined, get: offline };
    const createClient = createClientFactory(settings(), { clientSecret: "s" }, metadata, network);
    await expect(createClient()).rejects.toThrow("Nothing is sent.");
  });
});
