import { describe, expect, it } from "@jest/globals";
import { isClaimsRequest } from "../../src/shared/identity/claimsRequest.ts";

describe("isClaimsRequest", () => {
  it.each([
    "{}",
    ' { "access_token": {} } ',
    '{"access_token":{"nbf":{"essential":true,"value":"1"}},"id_token":{"auth_time":null}}',
    '{"__proto__":{"a":1}}',
  ])("takes %s", (text) => {
    expect(isClaimsRequest(text)).toBe(true);
  });

  it.each([
    "",
    "null",
    "5",
    '"text"',
    "[]",
    "[{}]",
    "{",
    "{} {}",
    '{"access_token":null}',
    '{"access_token":"x"}',
    '{"access_token":[]}',
    '{"id_token":true}',
  ])("refuses %s", (text) => {
    expect(isClaimsRequest(text)).toBe(false);
  });

  it("refuses more than 4,096 characters", () => {
    const ofLength = (length: number) => `{"a":{"b":"${"x".repeat(length - 14)}"}}`;
    expect(isClaimsRequest(ofLength(4_096))).toBe(true);
    expect(isClaimsRequest(ofLength(4_097))).toBe(false);
  });
});
