import { describe, expect, it } from "@jest/globals";
import type { Env } from "../../src/shared/config/env.ts";
import { type Ignored, readFrontChannelCall } from "../../src/shared/identity/frontChannel.ts";
import type { MetadataSource, ProviderMetadata } from "../../src/shared/identity/metadata.ts";
import { ISSUER, LOGIN, OTHER_TENANT_ID, providerMetadata } from "../support/identity.ts";
import { settings, TENANT_ID } from "../support/settings.ts";

const of = (tenantId: string, origin = LOGIN) => `${origin}/${tenantId}/v2.0`;
const TEMPLATE = of("{tenantid}");
const KNOWN = providerMetadata();

/** Throws when it asks for metadata that this instance does not have yet. */
const COLD: MetadataSource = {
  peek: () => undefined,
  get: () => Promise.reject(new Error("cold")),
};
const knowing = (metadata: ProviderMetadata): MetadataSource => ({ ...COLD, peek: () => metadata });

function read(query: string, changes: Env = {}, metadata = knowing(KNOWN)) {
  return readFrontChannelCall(`?${query}`, settings(changes), metadata);
}

describe("sid alone", () => {
  it.each<[string, ...string[]]>([
    ["sid=abc", "abc"],
    ["sid=a%2Fb%5Cc%23d%3Fe%27%22", "a/b\\c#d?e'\""],
    ["sid=%20", " "],
    ["sid=ABC&other=1&other=2", "ABC"],
    ["sid=abc&amp;sid=abc", "abc"],
    [`sid=${"a".repeat(512)}`, "a".repeat(512)],
    ["sid=a%2Bb", "a+b"],
    ["sid=a%20b", "a b"],
    ["sid=a+b%2B", "a b+", "a+b+"],
  ])("%s counts", async (query, ...sids) => {
    expect(await read(query)).toEqual({ sids });
    expect(await read(query, {}, COLD)).toEqual({ sids });
  });

  it.each<[string, Ignored]>([
    ["", "no_sid"],
    ["sid", "no_sid"],
    ["sid=", "no_sid"],
    ["SID=abc", "no_sid"],
    ["Sid=abc", "no_sid"],
    ["sid[]=abc", "no_sid"],
    ["iss=x", "no_sid"],
    ["iss=x&amp;sid=abc", "escaped_sid"],
    ["sid=abc&sid=abc", "two_sids"],
    ["sid=abc&sid=", "two_sids"],
    ["sid=&sid=abc", "two_sids"],
    [`sid=${"a".repeat(513)}`, "unusable_sid"],
    ["sid=a%00", "unusable_sid"],
    ["sid=%0A", "unusable_sid"],
    ["sid=%7F", "unusable_sid"],
    ["sid=%C3%A9", "unusable_sid"],
    ["sid=%FF", "unusable_sid"],
  ])("%s is nothing to act on", async (query, ignored) => {
    expect(await read(query)).toEqual({ ignored });
    expect(await read(query, {}, COLD)).toEqual({ ignored });
  });
});

describe("iss, where one comes", () => {
  const FOREIGN = { ignored: "foreign_issuer" };
  const ABC = { sids: ["abc"] };
  const from = (issuer: string, ...more: [Env?, MetadataSource?]) =>
    read(`sid=abc&iss=${encodeURIComponent(issuer)}`, ...more);
  /* Some: all others, test/identity/ownIssuer.test.ts. */
  const wrong = ["", `${ISSUER}/`, of(OTHER_TENANT_ID), TEMPLATE, "https://evil.example"];

  it("may be this provider's", async () => {
    expect(await from(ISSUER)).toEqual(ABC);
    expect(await from(ISSUER, {}, COLD)).toEqual(ABC);
  });

  it.each(wrong)("must not be %j", async (issuer) => {
    expect(await from(issuer)).toEqual(FOREIGN);
    // Nothing but the metadata tells: an authority may go by another name than its issuer.
    await expect(from(issuer, {}, COLD)).rejects.toThrow("cold");
  });

  it("must not come twice, not even the right one", async () => {
    expect(await read(`sid=abc&iss=${ISSUER}&iss=${ISSUER}`)).toEqual({ ignored: "two_issuers" });
    expect(await read(`sid=abc&iss=${ISSUER}&iss=`)).toEqual({ ignored: "two_issuers" });
  });

  describe.each(["common", "organizations"])("of %s", (tenant) => {
    const changes = { ENTRA_TENANT_ID: tenant };
    const metadata = knowing({ ...KNOWN, issuer: TEMPLATE });

    it("is any tenant's that is let in", async () => {
      expect(await from(of(TENANT_ID), changes, metadata)).toEqual(ABC);
      expect(await from(of(OTHER_TENANT_ID), changes, metadata)).toEqual(ABC);
      const few = { ...changes, ENTRA_ALLOWED_TENANTS: TENANT_ID.toUpperCase() };
      expect(await from(of(TENANT_ID), few, metadata)).toEqual(ABC);
      expect(await from(of(OTHER_TENANT_ID), few, metadata)).toEqual(FOREIGN);
    });

    it("is looked up where it is not known yet", async () => {
      const get = async () => ({ ...KNOWN, issuer: TEMPLATE });
      expect(await from(of(TENANT_ID), changes, { ...COLD, get })).toEqual(ABC);
    });

    it("is not its own name's", async () => {
      expect(await from(of(tenant), changes, metadata)).toEqual(FOREIGN);
    });
  });

  it("of a domain name is that tenant's, which only the metadata knows", async () => {
    const changes = { ENTRA_TENANT_ID: "contoso.com" };
    for (const metadata of [knowing(KNOWN), { ...COLD, get: async () => KNOWN }]) {
      expect(await from(ISSUER, changes, metadata)).toEqual(ABC);
      expect(await from(of(OTHER_TENANT_ID), changes, metadata)).toEqual(FOREIGN);
      expect(await from(of("contoso.com"), changes, metadata)).toEqual(FOREIGN);
    }
  });

  it("of personal accounts has their tenant", async () => {
    const issuer = of("9188040d-6c67-4c5b-b112-36a304b66dad");
    const changes = { ENTRA_TENANT_ID: "consumers" };
    const metadata = knowing({ ...KNOWN, issuer });
    expect(await from(issuer, changes, metadata)).toEqual(ABC);
    expect(await from(ISSUER, changes, metadata)).toEqual(FOREIGN);
  });

  it.each(["https://login.microsoftonline.us", "https://login.partner.microsoftonline.cn"])(
    "of a national cloud is of that cloud: %s",
    async (origin) => {
      const changes = { ENTRA_AUTHORITY: `${origin}/${TENANT_ID}` };
      const metadata = knowing({ ...KNOWN, issuer: of(TENANT_ID, origin) });
      expect(await from(of(TENANT_ID, origin), changes, metadata)).toEqual(ABC);
      expect(await from(of(TENANT_ID, origin), changes, COLD)).toEqual(ABC);
      expect(await from(ISSUER, changes, metadata)).toEqual(FOREIGN);
    },
  );

  it("of External ID is what its metadata says, whatever the authority is called", async () => {
    const issuer = of(TENANT_ID, `https://${TENANT_ID}.ciamlogin.com`);
    const changes = { ENTRA_AUTHORITY: `https://login.contoso.com/${TENANT_ID}` };
    for (const metadata of [
      knowing({ ...KNOWN, issuer }),
      { ...COLD, get: async () => ({ ...KNOWN, issuer }) },
    ]) {
      expect(await from(issuer, changes, metadata)).toEqual(ABC);
    }
    const alias = of(TENANT_ID, "https://login.contoso.com");
    expect(await from(alias, changes, knowing({ ...KNOWN, issuer }))).toEqual(FOREIGN);
  });
});
