import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { returnPath } from "../../src/shared/http/returnPath.ts";

const BASE = "https://app.example.com";
const AT = { origin: BASE, home: "/home" };

it.each([
  ["/", "/"],
  ["/a/b?c=d&e#f", "/a/b?c=d&e#f"],
  ["/a/../b", "/b"],
  ["a", "/a"],
  ["?q", "/?q"],
  ["#h", "/#h"],
  ["/a//b", "/a//b"],
  ["/?next=https://evil.example", "/?next=https://evil.example"],
  ["/@evil.example", "/@evil.example"],
  ["/ü?ö#ä", "/%C3%BC?%C3%B6#%C3%A4"],
  ["https://app.example.com/a", "/a"],
  ["HTTPS://APP.EXAMPLE.COM:443/a", "/a"],
  ["//app.example.com/a", "/a"],
  ["\\\\app.example.com\\a", "/a"],
  ["/%2F%2Fevil.example", "/%2F%2Fevil.example"],
  ["/%5Cevil.example", "/%5Cevil.example"],
  ["%2F%2Fevil.example", "/%2F%2Fevil.example"],
  ["/:80", "/:80"],
  ["https://app.example.com\\@evil.example/", "/@evil.example/"],
  ["https:evil.example", "/evil.example"],
  ["https:/evil.example", "/evil.example"],
  ["/a?b\\c#d\\e", "/a?b%5Cc#d%5Ce"],
  [`/${"a".repeat(1_999)}`, `/${"a".repeat(1_999)}`],
])("a path of this app, %j, stays: %s", (given, expected) => {
  expect(returnPath(given, AT)).toBe(expected);
});

describe("anything else is the home page", () => {
  // Each stands for its kind; the property below has the others.
  it.each([
    undefined,
    "",
    "https://evil.example",
    "http://app.example.com/",
    "https://app.example.com:8443/",
    "https://app.example.com.evil.example/",
    "https://user@app.example.com/a",
    "https://:pass@app.example.com/a",
    "https://[",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\u0000//evil.example",
    "/.//evil.example",
    "/a/%2e%2e//evil.example",
    ".//evil.example",
    "//app.example.com\uff0f@evil.example",
    "//2130706433/",
    "javascript://app.example.com/%0aalert(1)",
    "blob:https://app.example.com/1",
    `/${"a".repeat(2_000)}`,
    `/${"ü".repeat(400)}`,
  ])("%j", (given) => {
    expect(returnPath(given, AT)).toBe(AT.home);
  });

  // Paths are routed by what they are when unescaped, in any case.
  it.each([
    "/auth/signin",
    "/auth/signin?loginHint=alexw%40contoso.com",
    "/auth/signin#x",
    "/auth/signin/",
    "/AUTH/SignIn?a",
    "/%61uth/s%49gnin",
    "/auth%2Fsignin",
    "/a/../auth/signin",
    "\\\\app.example.com\\auth\\signin",
    "/auth\\signin",
    "https://app.example.com/auth/signin",
    "/auth/callback?state=x",
    "/Auth/Callback/",
    "/%ff/auth/signin",
  ])("%j, which is a sign-in and no place to come back to", (given) => {
    expect(returnPath(given, AT)).toBe(AT.home);
  });

  it.each(["/auth/sessions", "/auth/signout", "/auth/signin-help", "/x?to=/auth/signin", "/%zz"])(
    "but not %j",
    (given) => {
      expect(returnPath(given, AT)).toBe(given);
    },
  );
});

describe("whatever it is", () => {
  const pieces = fc.constantFrom(
    ..."/ // \\ \\\\ . .. %2e %2f %5c : @ ? # \t \n \r \u0000 \u3002 a evil.example https: http: javascript: data: blob: app.example.com".split(
      " ",
    ),
    ..." |.evil.example|user@".split("|"),
    `${BASE}/`,
  );
  const hostile = fc.oneof(
    { weight: 4, arbitrary: fc.array(pieces, { maxLength: 10 }).map((parts) => parts.join("")) },
    { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    { weight: 1, arbitrary: fc.webUrl({ withFragments: true, withQueryParameters: true }) },
  );

  it.each([BASE, "http://localhost:7071"])("joined to %s it stays there", (base) => {
    fc.assert(
      fc.property(hostile, (given) => {
        const path = returnPath(given, { ...AT, origin: base });
        const isOwn = URL.canParse(given, base) && new URL(given, base).origin === base;
        if (!isOwn) expect(path).toBe(AT.home);
        expect(path).toMatch(/^\/(?!\/)/);
        for (const url of [
          new URL(base + path),
          new URL(path, base),
          new URL(path, `${base}/auth/x`),
        ]) {
          expect(url.origin).toBe(base);
          expect(url.protocol).toBe(new URL(base).protocol);
          expect(url.username + url.password).toBe("");
        }
        expect(path).toMatch(/^[\x21-\x7e]{1,2000}$/);
        expect(returnPath(path, { ...AT, origin: base })).toBe(path);
      }),
      { numRuns: 1_000 },
    );
  });
});
