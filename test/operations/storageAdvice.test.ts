import { expect, it } from "@jest/globals";
import { STORAGE_ADVICE, storageAdviceFor } from "../../src/shared/table/storageAdvice.ts";
import { readText } from "../infra/project.ts";

it.each(STORAGE_ADVICE)("the runbook says the same about %j", (codes, advice) => {
  const names = codes.map((code) => `\`${code}\``).join(", ");
  expect(readText("docs/operations.md")).toContain(`| ${names} | ${advice} |`);
});

it("no code has two", () => {
  const codes = STORAGE_ADVICE.flatMap(([codes]) => codes);
  expect(new Set(codes).size).toBe(codes.length);
});

it.each(["SELF_SIGNED_CERT_IN_CHAIN", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"])(
  "%s is about the certificate",
  (code) => {
    const advice = storageAdviceFor(code);
    expect(advice).toMatch(/^The certificate /);
    expect(readText("docs/operations.md")).toContain(advice);
  },
);
