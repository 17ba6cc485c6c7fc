import { createHash } from "node:crypto";
import { describe, expect, it } from "@jest/globals";
import { transactionOf } from "../../src/shared/identity/transaction.ts";

describe("transactionOf", () => {
  it("makes the same values from the same secret, and no two alike", () => {
    const attempt = transactionOf("secret");
    expect(transactionOf("secret")).toEqual(attempt);
    const values = [...Object.values(attempt), ...Object.values(transactionOf("another"))];
    expect(new Set(values).size).toBe(12);
  });

  it("is in the form that the standards ask for", () => {
    const { codeVerifier, codeChallenge, sessionId, ...others } = transactionOf("secret");
    expect(codeVerifier).toMatch(/^[A-Za-z0-9._~-]{43,128}$/);
    expect(codeChallenge).toBe(createHash("sha256").update(codeVerifier).digest("base64url"));
    expect(sessionId).toMatch(/^[\w-]{22}$/);
    for (const value of Object.values(others)) expect(value).toMatch(/^[\w-]{43}$/);
  });

  it("does not give the secret away", () => {
    expect(JSON.stringify(transactionOf("a-secret"))).not.toContain("a-secret");
  });
});
