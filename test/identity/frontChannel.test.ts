import { describe, expect, it } from "@jest/globals";
import { frontChannelSid } from "../../src/shared/identity/frontChannel.ts";
import { ISSUER, LOGIN, OTHER_TENANT_ID, providerMetadata } from "../support/identity.ts";
import { settings, TENANT_ID } from "../support/settings.ts";

const of = (tenantId: string, origin = LOGIN) => `${origin}/${tenantId}/v2.0`;
const TEMPLATE = of("{tenantid}");
const KNOWN = providerMetadata();

/** `cold`: this instance has not asked for the metadata yet. */
function sidOf(
  query: string,
  changes: Record<string, string> = {},
  metadata: typeof KNOWN | "cold" = KNOWN,
) {
  const known = metadata === "cold" ? undefined : metadata;
  return frontChannelSid(new URLSearchParams(query), settings(changes), known);
}

describe("sid alone", () => {
  it.each<[string, string]>([
    ["sid=abc", "abc"],
    ["sid=a%2Fb%5Cc%23d%3Fe%27%22", "a/b\\c#d?e'\""],
    ["sid=%20", " "],
    ["sid=ABC&other=1&other=2", "ABC"],
    [`sid=${"a".repeat(512)}`, "a".repeat(512)],
  ])("%s counts", (query, expected) => {
    expect(sidOf(query)).toBe(expected);
    expect(sidOf(query, {}, "cold")).toBe(expected);
  });

  it.each([
    "",
    "sid",
    "sid=",
    "SID=abc",
    "Sid=abc",
    "sid[]=abc",
    "sid=abc&sid=abc",
    "sid=abc&sid=",
    "sid=&sid=abc",
    `sid=${"a".repeat(513)}`,
    "iss=x",
  ])("%s is nothing to act on", (query) => {
    expect(sidOf(query)).toBeUndefined();
    expect(sidOf(query, {}, "cold")).toBeUndefined();
  });
});

describe("iss, where one comes", () => {
  const counts = (issuer: string, ...more: [Record<string, string>?, typeof KNOWN?]) =>
    sidOf(`sid=abc&iss=${encodeURIComponent(issuer)}`, ...more) === "abc";
  const wrong = [
    "",
    " ",
    ISSUER.slice(0, -1),
    `${ISSUER}/`,
    ` ${ISSUER}`,
    ISSUER.toUpperCase(),
    ISSUER.replace("https", "http"),
    ISSUER.replace("v2.0", "v1.0"),
    of(TENANT_ID, "https://login.microsoftonline.com.evil.example"),
    of(TENANT_ID, "https://login.microsoftonline.us"),
    of(OTHER_TENANT_ID),
    TEMPLATE,
    "https://evil.example",
  ];

  it("may be this provider's", () => {
    expect(counts(ISSUER)).toBe(true);
  });

  it.each(wrong)("must not be %j", (issuer) => {
    expect(counts(issuer)).toBe(false);
    expect(sidOf(`sid=abc&iss=${encodeURIComponent(issuer)}`, {}, "cold")).toBeUndefined();
  });

  it("must not come twice, not even the right one", () => {
    expect(sidOf(`sid=abc&iss=${ISSUER}&iss=${ISSUER}`)).toBeUndefined();
    expect(sidOf(`sid=abc&iss=${ISSUER}&iss=`)).toBeUndefined();
  });

  describe.each(["common", "organizations"])("of %s", (tenant) => {
    const changes = { ENTRA_TENANT_ID: tenant };
    const metadata = { ...KNOWN, issuer: TEMPLATE };
    it("is any tenant's", () => {
      for (const known of [metadata, "cold"] as const) {
        for (const id of [TENANT_ID, OTHER_TENANT_ID, TENANT_ID.toUpperCase()]) {
          expect(sidOf(`sid=abc&iss=${of(id)}`, changes, known)).toBe("abc");
        }
      }
    });

    it.each([
      of("contoso.com"),
      of(`${TENANT_ID}/x`),
      of(`x/${TENANT_ID}`),
      of(`${TENANT_ID}0`),
      of("........-....-....-....-............"),
      of(TENANT_ID, "https://evil.example"),
      LOGIN,
      `${LOGIN}//v2.0`,
      `${LOGIN}/v2.0`,
    ])("is not %s", (issuer) => {
      expect(counts(issuer, changes, metadata)).toBe(false);
    });
  });

  it("of a domain name is that tenant's, and any tenant's only while it is not known", () => {
    const changes = { ENTRA_TENANT_ID: "contoso.com" };
    expect(counts(ISSUER, changes)).toBe(true);
    expect(counts(of(OTHER_TENANT_ID), changes)).toBe(false);
    expect(sidOf(`sid=abc&iss=${ISSUER}`, changes, "cold")).toBe("abc");
    expect(sidOf(`sid=abc&iss=${of("contoso.com")}`, changes, "cold")).toBe("abc");
    expect(sidOf("sid=abc&iss=https://evil.example", changes, "cold")).toBeUndefined();
  });

  it("of personal accounts has their tenant", () => {
    const issuer = of("9188040d-6c67-4c5b-b112-36a304b66dad");
    const changes = { ENTRA_TENANT_ID: "consumers" };
    expect(counts(issuer, changes, { ...KNOWN, issuer })).toBe(true);
    expect(counts(ISSUER, changes, { ...KNOWN, issuer })).toBe(false);
    expect(sidOf(`sid=abc&iss=${issuer}`, changes, "cold")).toBe("abc");
  });

  it.each(["https://login.microsoftonline.us", "https://login.partner.microsoftonline.cn"])(
    "of a national cloud is of that cloud: %s",
    (origin) => {
      const changes = { ENTRA_AUTHORITY: `${origin}/${TENANT_ID}` };
      const metadata = { ...KNOWN, issuer: of(TENANT_ID, origin) };
      for (const known of [metadata, "cold"] as const) {
        expect(sidOf(`sid=abc&iss=${of(TENANT_ID, origin)}`, changes, known)).toBe("abc");
        expect(sidOf(`sid=abc&iss=${ISSUER}`, changes, known)).toBeUndefined();
      }
    },
  );

  it("of External ID is what its metadata says, whatever the authority is called", () => {
    const issuer = of(TENANT_ID, `https://${TENANT_ID}.ciamlogin.com`);
    const changes = { ENTRA_AUTHORITY: `https://login.contoso.com/${TENANT_ID}` };
    expect(counts(issuer, changes, { ...KNOWN, issuer })).toBe(true);
    expect(counts(of(TENANT_ID, "https://login.contoso.com"), changes, { ...KNOWN, issuer })).toBe(
      false,
    );
  });
});
