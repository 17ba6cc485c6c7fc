import { describe, expect, it } from "@jest/globals";
import type { IdTokenClaims } from "../../src/shared/identity/claims.ts";
import { areTooLarge, userOf } from "../../src/shared/store/account.ts";

const WHO = { name: "Adele Vance", preferred_username: "adele@contoso.com", roles: ["Reader"] };
/** So many characters of JSON. */
const claimsOf = (length: number) => ({ email: "x".repeat(length - '{"email":""}'.length) });

describe("what an ID token says of a user", () => {
  it.each([
    [100, true],
    [8_192, true],
    [8_193, false],
  ])("has claims of %i characters: %p", (length, areKept) => {
    const handedOn = claimsOf(length);
    const claims = areKept ? handedOn : {};
    const { name, roles } = WHO;
    const user = userOf({ ...WHO, handedOn } as unknown as IdTokenClaims);
    expect(user).toEqual({ name, username: "adele@contoso.com", roles, claims });
    expect(areTooLarge(handedOn)).toBe(!areKept);
  });
});
