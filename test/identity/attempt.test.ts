import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { attemptOf } from "../../src/shared/identity/attempt.ts";

describe("attemptOf", () => {
  it("makes the same values from the same secret, and no two alike", () => {
    const attempt = attemptOf("secret");
    expect(attemptOf("secret")).toEqual(attempt);
    const values = [...Object.values(attempt), ...Object.values(attemptOf("another"))];
    expect(new Set(values).size).toBe(10);
  });

  it("is in the form that the standards ask for", () => {
    const { codeVerifier, codeChallenge, sessionId, ...others } = attemptOf("secret");
    expect(codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
    expect(codeChallenge).toBe(createHash("sha256").update(codeVerifier).digest("base64url"));
    expect(sessionId).toMatch(/^[\w-]{22}$/);
    for (const value of Object.values(others)) expect(value).toMatch(/^[\w-]{43}$/);
  });

  it("does not give the secret away", () => {
    expect(JSON.stringify(attemptOf("a-secret"))).not.toContain("a-secret");
  });
});
