import { describe, expect, it } from "@jest/globals";
import { isOwnIssuer } from "../../src/shared/identity/ownIssuer.ts";
import { ISSUER, OTHER_TENANT_ID } from "../support/identity.ts";
import { TENANT_ID } from "../support/settings.ts";

const template = ISSUER.replace(TENANT_ID, "{tenantid}");
const of = (tenant: string) => template.replace("{tenantid}", tenant);
const host = (name: string) => ISSUER.replace("login.microsoftonline.com", name);

describe("an issuer that somebody names", () => {
  it.each<[string, string, string[] | undefined]>([
    [ISSUER, ISSUER, undefined],
    [ISSUER, ISSUER, [TENANT_ID]],
    [of(TENANT_ID), template, undefined],
    [of(TENANT_ID), template, [TENANT_ID]],
    [of(OTHER_TENANT_ID), template, undefined],
  ])("may be %s, where ours is %s and %j are let in", (issuer, own, allowed) => {
    expect(isOwnIssuer(issuer, { issuer: own }, allowed && new Set(allowed))).toBe(true);
  });

  it.each([
    "",
    " ",
    ` ${ISSUER}`,
    `x${ISSUER}`,
    `${ISSUER}/`,
    ISSUER.slice(0, -1),
    ISSUER.toUpperCase(),
    ISSUER.replace("https", "http"),
    ISSUER.replace("v2.0", "v1.0"),
    host("login.microsoftonline.com.evil.example"),
    host("login.microsoftonline.us"),
    host("evil.example"),
    "https://evil.example",
    of(TENANT_ID.toUpperCase()),
    of("common"),
    of("contoso.com"),
    of(`${TENANT_ID}/x`),
    of(`x/${TENANT_ID}`),
    of(`${TENANT_ID}0`),
    of("........-....-....-....-............"),
    of(""),
    template.replace("/{tenantid}", ""),
    template.replace("/{tenantid}/v2.0", ""),
    template,
  ])("is not %j", (issuer) => {
    for (const own of [ISSUER, template]) {
      expect(isOwnIssuer(issuer, { issuer: own }, undefined)).toBe(false);
      expect(isOwnIssuer(issuer, { issuer: own }, new Set([TENANT_ID]))).toBe(false);
    }
  });

  it("is not another tenant's, where that is not ours or not let in", () => {
    const other = of(OTHER_TENANT_ID);
    expect(isOwnIssuer(other, { issuer: ISSUER }, undefined)).toBe(false);
    expect(isOwnIssuer(other, { issuer: template }, new Set([TENANT_ID]))).toBe(false);
  });
});
