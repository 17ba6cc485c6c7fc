import { beforeEach, describe, expect, it } from "@jest/globals";
import { createMetadataSource } from "../../src/shared/identity/metadata.ts";
import { LOGIN, OTHER_TENANT_ID, providerMetadata } from "../support/identity.ts";
import { startLoopback } from "../support/loopback.ts";
import { keepAliveSender } from "../support/send.ts";
import { shared } from "../support/shared.ts";

const HOUR = 3_600_000;
const PATH = "v2.0/.well-known/openid-configuration";

const provider = shared(startLoopback);
let now: number;
beforeEach(() => {
  now = 0;
  provider.requests.length = 0;
  provider.respond = () => ({ body: providerMetadata() });
});

function source(tenant = "contoso.com") {
  const metadataUrl = `${provider.url}/${tenant}/${PATH}`;
  const authority = `${LOGIN}/${tenant}`;
  return createMetadataSource({ metadataUrl, authority, tenant }, keepAliveSender(), () => now);
}

/** What an authority says that stands for many tenants, and each of these. */
function answerFor(...issuers: Record<string, string>[]): void {
  const all = Object.assign({}, ...issuers);
  provider.respond = ({ url }) => {
    const [, name = ""] = url.split("/");
    return { body: providerMetadata(LOGIN, { issuer: all[name] ?? `${LOGIN}/${name}/v2.0` }) };
  };
}
const MANY = { common: `${LOGIN}/{tenantid}/v2.0`, organizations: `${LOGIN}/{tenantid}/v2.0` };
const PERSONAL = { consumers: `${LOGIN}/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0` };

const paths = () => provider.requests.map(({ url }) => url);

describe("metadata source", () => {
  it("asks nobody before it is needed, then once, and gives it to peek", async () => {
    const metadata = source();
    expect(metadata.peek()).toBeUndefined();
    expect(paths()).toEqual([]);
    await expect(metadata.get()).resolves.toEqual(providerMetadata());
    now += 24 * HOUR - 1;
    await metadata.get();
    expect(metadata.peek()).toEqual(providerMetadata());
    expect(paths()).toEqual([`/contoso.com/${PATH}`]);
  });

  it("asks once for many who ask at the same time", async () => {
    const metadata = source();
    await Promise.all(Array.from({ length: 20 }, () => metadata.get()));
    expect(provider.requests).toHaveLength(1);
  });

  it("asks again after a day", async () => {
    const metadata = source();
    await metadata.get();
    now += 24 * HOUR;
    provider.respond = () => ({ body: providerMetadata("https://new.example") });
    await expect(metadata.get()).resolves.toMatchObject({
      jwks_uri: expect.stringMatching(/^https:\/\/new/),
    });
    expect(provider.requests).toHaveLength(2);
  });

  it("keeps the old copy while the refresh fails, and tries again once a minute", async () => {
    const metadata = source();
    await metadata.get();
    now += 25 * HOUR;
    provider.respond = () => ({ status: 500 });
    await expect(metadata.get()).resolves.toEqual(providerMetadata());
    now += 59_999;
    await expect(metadata.get()).resolves.toEqual(providerMetadata());
    expect(provider.requests).toHaveLength(2);
    provider.respond = () => ({ body: providerMetadata("https://new.example") });
    now += 1;
    await expect(metadata.get()).resolves.toEqual(providerMetadata("https://new.example"));
  });

  it("does not remember a failure", async () => {
    const metadata = source();
    provider.respond = () => ({ status: 503 });
    const failed = { code: "ERR_PROVIDER_UNAVAILABLE" };
    await expect(Promise.all([metadata.get(), metadata.get()])).rejects.toMatchObject(failed);
    provider.respond = () => ({ body: providerMetadata() });
    await expect(metadata.get()).resolves.toEqual(providerMetadata());
    expect(provider.requests).toHaveLength(2);
  });
});

describe("a tenant's own metadata", () => {
  it.each(["common", "organizations", "consumers"])("of %s, is asked for once", async (alias) => {
    answerFor(MANY, PERSONAL);
    const metadata = source(alias);
    await metadata.get(OTHER_TENANT_ID);
    await metadata.get(OTHER_TENANT_ID);
    await metadata.get();
    expect(paths()).toEqual([`/${OTHER_TENANT_ID}/${PATH}`, `/${alias}/${PATH}`]);
  });

  it("is not what peek shows", async () => {
    answerFor(MANY);
    const metadata = source("common");
    await metadata.get(OTHER_TENANT_ID);
    expect(metadata.peek()).toBeUndefined();
  });

  it("is the only one when the tenant is not an alias", async () => {
    const metadata = source();
    await metadata.get(OTHER_TENANT_ID);
    await metadata.get();
    expect(paths()).toEqual([`/contoso.com/${PATH}`]);
  });
});

describe("metadata of an issuer that cannot be this tenant's", () => {
  const failed = {
    code: "ERR_PROVIDER_UNAVAILABLE",
    message:
      "The provider's metadata names another issuer. Check ENTRA_TENANT_ID, ENTRA_AUTHORITY and ENTRA_METADATA_URL.",
  };

  it("is not used, however often it comes, and an older copy is", async () => {
    const metadata = source();
    answerFor({ "contoso.com": "https://evil.example/v2.0" });
    await expect(metadata.get()).rejects.toMatchObject(failed);
    await expect(metadata.get()).rejects.toMatchObject(failed);
    expect(metadata.peek()).toBeUndefined();
    provider.respond = () => ({ body: providerMetadata() });
    await metadata.get();
    answerFor({ "contoso.com": "https://evil.example/v2.0" });
    now += 25 * HOUR;
    await expect(metadata.get()).resolves.toEqual(providerMetadata());
  });

  it("is not used for one tenant of many", async () => {
    answerFor(MANY, { [OTHER_TENANT_ID]: MANY.common });
    const metadata = source("common");
    await expect(metadata.get(OTHER_TENANT_ID)).rejects.toMatchObject(failed);
    answerFor(MANY, { [OTHER_TENANT_ID]: `${LOGIN}/${crypto.randomUUID()}/v2.0` });
    await expect(metadata.get(OTHER_TENANT_ID)).rejects.toMatchObject(failed);
    await expect(metadata.get()).resolves.toBeDefined();
  });
});

describe("an unusable answer", () => {
  it.each(["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"])(
    "without %s is refused, and the settings to check are named",
    async (field) => {
      for (const value of [undefined, null, 5, ["https://x"]]) {
        provider.respond = () => ({ body: { ...providerMetadata(), [field]: value } });
        await expect(source().get()).rejects.toMatchObject({
          code: "ERR_PROVIDER_UNAVAILABLE",
          message: `The provider's metadata has no ${field}. Check ENTRA_TENANT_ID, ENTRA_AUTHORITY and ENTRA_METADATA_URL.`,
        });
      }
    },
  );

  it.each([null, [], "text", 5])("that is %j is refused", async (body) => {
    provider.respond = () => ({ body: JSON.stringify(body) });
    await expect(source().get()).rejects.toMatchObject({ code: "ERR_PROVIDER_UNAVAILABLE" });
  });
});
