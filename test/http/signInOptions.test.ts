import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { BadRequest } from "../../src/shared/base/errors.ts";
import { signInOptions } from "../../src/shared/http/signInOptions.ts";

const read = (query: Record<string, string>) => signInOptions(new URLSearchParams(query));

describe("signInOptions", () => {
  it("has nothing in it when nothing is asked for", () => {
    const nothing = {
      returnTo: undefined,
      prompt: undefined,
      loginHint: undefined,
      domainHint: undefined,
      scopes: [],
      claims: undefined,
      maxAge: undefined,
      uiLocales: undefined,
      acrValues: undefined,
      issuer: undefined,
    };
    expect(read({})).toEqual(nothing);
    expect(
      read({ returnTo: "", prompt: "", loginHint: "", scope: " ", claims: "", x: "1" }),
    ).toEqual(nothing);
  });

  it("has what is asked for", () => {
    const options = {
      returnTo: "/a",
      prompt: "select_account",
      loginHint: "jörg o'neil@b.example",
      domainHint: "b.example",
      claims: '{"access_token":{}}',
    };
    const more = { maxAge: "0", uiLocales: "de-AT en", acrValues: "urn:a c2" };
    const scope = "User.Read  https://graph.microsoft.com/Mail.Read api://x/.default";
    expect(read({ ...options, ...more, scope })).toEqual({
      ...options,
      ...more,
      maxAge: 0,
      issuer: undefined,
      scopes: ["User.Read", "https://graph.microsoft.com/Mail.Read", "api://x/.default"],
    });
  });

  it.each(["login", "select_account", "consent", "none", "create"])(
    "knows the prompt %s",
    (prompt) => {
      expect(read({ prompt }).prompt).toBe(prompt);
    },
  );

  const scopes = (count: number, length = 1) => Array(count).fill("s".repeat(length)).join(" ");
  it.each<[string, string]>([
    ["prompt", "LOGIN"],
    ["prompt", "login consent"],
    ["prompt", "__proto__"],
    ["loginHint", "a\nb"],
    ["loginHint", "a\u0000"],
    ["loginHint", "a\u0085"],
    ["loginHint", "a".repeat(321)],
    ["domainHint", "a\r\nSet-Cookie: x"],
    ["domainHint", "a".repeat(321)],
    ["login_hint", "a\nb"],
    ["maxAge", "-1"],
    ["maxAge", "1.5"],
    ["maxAge", "1e3"],
    ["maxAge", "1234567890"],
    ["uiLocales", "de_DE"],
    ["uiLocales", "de,en"],
    ["uiLocales", "de\nen"],
    ["acrValues", "a\tb"],
    ["acrValues", "\u00fcrn:x"],
    ["acrValues", "x".repeat(129)],
    ["scope", 'a"b'],
    ["scope", "a\\b"],
    ["scope", "a\tb"],
    ["scope", "ünicode"],
    ["scope", "a\u0000"],
    ["scope", scopes(1_001)],
    ["scope", scopes(1, 201)],
    ["claims", "not json"],
    ["claims", "[]"],
    ["claims", "null"],
    ["claims", '"text"'],
    ["claims", '{"access_token":null}'],
    ["claims", JSON.stringify({ a: { b: "x".repeat(5_000) } })],
  ])("refuses %s=%j and repeats nothing of it", (name, value) => {
    const query = { [name]: value, ...(name === "login_hint" && { iss: "https://i.example" }) };
    expect(() => read(query)).toThrow(BadRequest);
    expect(() => read(query)).toThrow(new RegExp(`^The ${name} parameter is malformed\\.`));
    if (value.length > 4) expect(() => read(query)).not.toThrow(value);
  });

  it("takes what another site says that initiates a login, and the provider's name with it", () => {
    const initiated = { login_hint: "a@b.example", target_link_uri: "/a" };
    expect(read({ ...initiated, iss: "https://i.example" })).toMatchObject({
      issuer: "https://i.example",
      loginHint: "a@b.example",
      returnTo: "/a",
    });
    expect(() => read(initiated)).toThrow("The iss parameter is missing");
  });

  it("takes as much as it says", () => {
    expect(read({ scope: `${scopes(999)} xx` }).scopes).toHaveLength(1_000);
    expect(read({ scope: scopes(1, 200) }).scopes).toHaveLength(1);
    expect(read({ loginHint: "a".repeat(320) }).loginHint).toHaveLength(320);
  });

  it("ends with options or a bad request, whatever comes", () => {
    const name = fc.constantFrom(
      ...["returnTo", "prompt", "loginHint", "domainHint", "scope", "claims", "maxAge"],
      ...["uiLocales", "acrValues", "iss", "login_hint", "target_link_uri"],
    );
    const value = fc.oneof(fc.string({ unit: "binary" }), fc.json());
    fc.assert(
      fc.property(fc.dictionary(name, value), (query) => {
        try {
          read(query);
        } catch (error) {
          expect(error).toBeInstanceOf(BadRequest);
        }
      }),
    );
  });
});
