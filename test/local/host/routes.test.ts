import { describe, expect, it, test } from "@jest/globals";
import { compileRoute } from "../../../local/host/routes.ts";

function match(template: string, path: string) {
  return compileRoute(template)(path);
}

describe("literals", () => {
  it("match without case, with or without a slash at the end", () => {
    expect(match("auth/session", "/auth/session")).toEqual({});
    expect(match("auth/session", "/AUTH/Session/")).toEqual({});
    expect(match("a.b+c(d)", "/a.b+c(d)")).toEqual({});
  });

  it("match the whole path only", () => {
    expect(match("auth/session", "/auth")).toBeUndefined();
    expect(match("auth/session", "/auth/session/x")).toBeUndefined();
    expect(match("auth/session", "/x/auth/session")).toBeUndefined();
    expect(match("auth/session", "/auth//session")).toBeUndefined();
    expect(match("a.b", "/aXb")).toBeUndefined();
  });
});

describe("parameters", () => {
  it("take one segment that is not empty", () => {
    expect(match("accounts/{id}", "/accounts/a.b")).toEqual({ id: "a.b" });
    expect(match("accounts/{id}", "/accounts/")).toBeUndefined();
    expect(match("accounts/{id}", "/accounts/a/b")).toBeUndefined();
    expect(match("{a}/x/{b}", "/1/x/2")).toEqual({ a: "1", b: "2" });
  });

  it("may be missing at the end when optional, and are then not there", () => {
    expect(match("a/{b?}", "/a")).toEqual({});
    expect(match("a/{b?}", "/a/1")).toEqual({ b: "1" });
    expect(match("a/{b?}/{c?}", "/a/1")).toEqual({ b: "1" });
    expect(match("{b?}/a", "/a")).toBeUndefined();
  });

  it("have default values", () => {
    expect(match("a/{b=home}", "/a")).toEqual({ b: "home" });
    expect(match("a/{b=home}", "/a/x")).toEqual({ b: "x" });
  });

  it("catch everything that is left", () => {
    expect(match("graph/{*path}", "/graph/me/messages/1")).toEqual({ path: "me/messages/1" });
    expect(match("graph/{*path}", "/graph/me//x/")).toEqual({ path: "me//x/" });
    expect(match("graph/{*path}", "/graph")).toEqual({});
    expect(match("graph/{*path}", "/graph/")).toEqual({});
    expect(match("graph/{*path}", "/graph//me")).toBeUndefined();
    expect(match("{*path}", "/")).toEqual({});
  });
});

describe("constraints", () => {
  test.each([
    ["{x:int}", ["/0", "/-12", "/+7"], ["/a", "/1.5", "/99999999999"]],
    ["{x:alpha}", ["/abcXYZ"], ["/ab1"]],
    ["{x:length(3)}", ["/abc"], ["/ab", "/abcd"]],
    ["{x:length(2,3)}", ["/ab", "/abc"], ["/a", "/abcd"]],
    ["{x:minlength(2)}", ["/ab", "/abc"], ["/a"]],
    ["{x:maxlength(2)}", ["/a", "/ab"], ["/abc"]],
    ["{x:regex(^a{{1,2}}$)}", ["/a", "/AA"], ["/aaa", "/b"]],
    ["{x:alpha:maxlength(2)}", ["/ab"], ["/abc", "/a1"]],
    [
      "{x:guid}",
      ["/0f8fad5b-d9cb-469f-a165-70867728950e", "/0F8FAD5BD9CB469FA16570867728950E"],
      ["/0f8fad5b", "/0f8fad5b-d9cb-469f-a165-70867728950g"],
    ],
  ])("%s", (template, accepted, refused) => {
    for (const path of accepted) expect(match(template, path)).toEqual({ x: path.slice(1) });
    for (const path of refused) expect(match(template, path)).toBeUndefined();
  });

  it("make a template that only the root page matches", () => {
    expect(match("{ignored:maxlength(0)?}", "/")).toEqual({});
    expect(match("{ignored:maxlength(0)?}", "/x")).toBeUndefined();
    expect(match("{ignored:maxlength(0)?}", "//")).toBeUndefined();
  });
});

describe("a template that is malformed or not simulated is refused", () => {
  test.each([
    ["{a", /malformed/],
    ["a}/b", /malformed/],
    ["a//b", /malformed/],
    ["{*rest}/a", /must be the last segment/],
    ["{a}.{b}", /mixes text and parameters/],
    ["x{a}", /mixes text and parameters/],
    ["{a:even}", /"even" is not simulated/],
    ["{}", /malformed/],
  ])("%s", (template, reason) => {
    expect(() => compileRoute(template)).toThrow(reason);
  });
});
