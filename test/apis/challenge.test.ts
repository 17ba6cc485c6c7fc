import { describe, expect, it } from "@jest/globals";
import { challengeOf } from "../../src/shared/apis/challenge.ts";

const CLAIMS = JSON.stringify({ access_token: { nbf: { essential: true, value: "1" } } });
const encode = (text: string, as: "base64" | "base64url" = "base64") =>
  Buffer.from(text).toString(as);

describe("challengeOf", () => {
  it.each([
    `Bearer claims="${encode(CLAIMS)}"`,
    `Bearer claims="${encode(CLAIMS, "base64url")}"`,
    `Bearer realm="", authorization_uri="https://x", error="insufficient_claims", claims="${encode(CLAIMS)}"`,
    `Bearer realm="",claims="${encode(CLAIMS)}",error="insufficient_claims"`,
    `bearer CLAIMS="${encode(CLAIMS)}"`,
    `claims="${encode(CLAIMS)}"`,
  ])("reads %s", (header) => {
    expect(challengeOf(header)).toBe(CLAIMS);
  });

  it.each<string | undefined>([
    undefined,
    "",
    "Bearer",
    'Bearer realm="", error="invalid_token"',
    'Bearer claims=""',
    `Bearer claims=${encode(CLAIMS)}`,
    `Bearer xclaims="${encode(CLAIMS)}"`,
    `Bearer claims="${CLAIMS}"`,
    `Bearer claims="${encode("not json")}"`,
    `Bearer claims="${encode("null")}"`,
    `Bearer claims="${encode("5")}"`,
    `Bearer claims="${encode('"text"')}"`,
    `Bearer claims="${encode("[1]")}"`,
    `Bearer claims="${encode(JSON.stringify({ a: "x".repeat(7_000) }))}"`,
    `Bearer claims="${encode(CLAIMS)} "`,
    `Bearer claims="${encode(CLAIMS)}`,
  ])("finds nothing to pass on in %s", (header) => {
    expect(challengeOf(header)).toBeUndefined();
  });
});
