import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { readCookies, sealCookie, unsealCookie } from "../../src/shared/session/cookies.ts";
import { flipped } from "../support/flipped.ts";
import { keyring } from "../support/keyring.ts";
import { request } from "../support/request.ts";

const NAME = "__Host-a";
const CONTENT = { text: "ünï", list: [1, null], nested: { yes: true } };

describe("readCookies", () => {
  const read = (cookie: string) => [...readCookies(request("/", { headers: { cookie } }))];
  it.each([
    ["", ""],
    ["a=1", "a→1"],
    ["a=1; b=2;c=3", "a→1 b→2 c→3"],
    ["a=1; a=2", "a→1"],
    ["a=x=y==", "a→x=y=="],
    ["a=", "a→"],
    ["=1; a; ;;b", ""],
    [" a = 1 ", "a→1"],
    ["A=1; a=2", "A→1 a→2"],
    ["__proto__=1; constructor=2", "__proto__→1 constructor→2"],
  ])("%j", (cookie, expected) => {
    const pairs = read(cookie).map((pair) => pair.join("→"));
    expect(pairs.join(" ")).toBe(expected);
  });

  it("takes nothing for white space but blank and tab", () => {
    const trimmed = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
      (character) => character.trim() === "",
    );
    expect(trimmed.length).toBeGreaterThan(20);
    const named = (cookie: string) =>
      readCookies({ ...request(), headers: { get: () => cookie } }).get(NAME);
    for (const character of trimmed) {
      const isBlank = character === " " || character === "\t";
      expect(named(`${character}${NAME}=x`)).toBe(isBlank ? "x" : undefined);
      expect(named(`${NAME}${character}=x`)).toBe(isBlank ? "x" : undefined);
      expect(named(`${NAME}=${character}x`)).toBe(isBlank ? "x" : `${character}x`);
    }
  });

  it("reads none when the request has none", () => {
    expect([...readCookies(request())]).toEqual([]);
  });
});

describe("sealed cookies", () => {
  const ring = keyring("k1");

  it("open to what was sealed", () => {
    const value = sealCookie(ring, NAME, CONTENT);
    expect(unsealCookie(ring, NAME, value)).toEqual(CONTENT);
  });

  it("have characters only that the host leaves as they are, and hide their content", () => {
    const value = sealCookie(ring, NAME, CONTENT);
    expect(value).toMatch(/^k1\.[A-Za-z0-9_-]+$/);
    expect(Buffer.from(value.slice(3), "base64url").toString("latin1")).not.toContain("nested");
    expect(sealCookie(ring, NAME, CONTENT)).not.toBe(value);
  });

  it("do not open under another name", () => {
    const value = sealCookie(ring, NAME, CONTENT);
    for (const name of ["__Host-b", "__Host-A", "a", ""]) {
      expect(unsealCookie(ring, name, value)).toBeUndefined();
    }
  });

  // What a seal holds, test/crypto/keyring.test.ts tells.
  it.each([
    "",
    "k1.AA AA",
    "k1.AA%41A",
    "k1.AA+/",
    "k1.AAAA.AAAA",
    "k1'.AAAA",
    "__proto__.AAAA",
    "constructor.AAAA",
    `${"k".repeat(17)}.AAAA`,
    `k1.${"A".repeat(100_000)}`,
    `k1.${Buffer.from(JSON.stringify(CONTENT)).toString("base64url")}`,
    sealCookie(ring, NAME, CONTENT).replace("k1", "k2"),
    sealCookie(ring, NAME, CONTENT).replace("k1", ""),
    flipped(sealCookie(ring, NAME, CONTENT)),
    sealCookie(ring, NAME, CONTENT).toUpperCase(),
    `${sealCookie(ring, NAME, CONTENT)}ZZZZ`,
  ])("are nothing else: %s", (value) => {
    expect(unsealCookie(ring, NAME, value)).toBeUndefined();
  });

  it("do not open when longer than any that is made, even a genuine one", () => {
    const value = sealCookie(ring, NAME, "x".repeat(4_096));
    expect(unsealCookie(ring, NAME, value)).toBeUndefined();
  });

  it("are nothing that somebody makes up", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.base64String()),
        (text) => {
          expect(unsealCookie(ring, NAME, text)).toBeUndefined();
          expect(unsealCookie(ring, NAME, `k1.${text}`)).toBeUndefined();
        },
      ),
      { numRuns: 500 },
    );
  });
});
