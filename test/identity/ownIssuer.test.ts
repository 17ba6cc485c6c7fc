import { describe, expect, it } from "@jest/globals";
import { isOwnIssuer } from "../../src/shared/identity/ownIssuer.ts";
import { ISSUER, OTHER_TENANT_ID } from "../support/identity.ts";
import { TENANT_ID } from "../support/settings.ts";

const template = ISSUER.replace(TENANT_ID, "{tenantid}");
const of = (tenant: string) => template.replace("{tenantid}", tenant);

describe("an issuer that somebody names", () => {
  it.each<[string, string, string[] | undefined, boolean]>([
    [ISSUER, ISSUER, undefined, true],
    [ISSUER, ISSUER, [TENANT_ID], true],
    [`${ISSUER}/`, ISSUER, undefined, false],
    [ISSUER.toUpperCase(), ISSUER, undefined, false],
    [of(OTHER_TENANT_ID), ISSUER, undefined, false],
    [of(TENANT_ID), template, undefined, true],
    [of(OTHER_TENANT_ID), template, undefined, true],
    [of(TENANT_ID.toUpperCase()), template, [TENANT_ID], false],
    [of(OTHER_TENANT_ID), template, [TENANT_ID], false],
    [template, template, undefined, false],
    [of("common"), template, undefined, false],
    [of(`${TENANT_ID}/x`), template, undefined, false],
    [`x${of(TENANT_ID)}`, template, undefined, false],
    ["https://evil.example", template, undefined, false],
    ["", template, undefined, false],
  ])("%s, where ours is %s and %j are let in: %p", (issuer, own, allowed, expected) => {
    const tenants = allowed && new Set(allowed);
    expect(isOwnIssuer(issuer, { issuer: own }, tenants)).toBe(expected);
  });
});
