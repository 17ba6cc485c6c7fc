import { describe, expect, test } from "@jest/globals";
import { compileRoute } from "../../../local/host/routes.ts";

function match(template: string, path: string) {
  return compileRoute(template)(path);
}

describe("a template matches the whole path, without case", () => {
  test.each<[string, Record<string, object>, string[]]>([
    [
      "auth/session",
      { "/auth/session": {}, "/AUTH/Session/": {} },
      ["/auth", "/auth/session/x", "/x/auth/session", "/auth//session"],
    ],
    ["a.b+c(d)", { "/a.b+c(d)": {} }, ["/aXb+c(d)"]],
    ["accounts/{id}", { "/accounts/a.b": { id: "a.b" } }, ["/accounts/", "/accounts/a/b"]],
    ["{a}/x/{b}", { "/1/x/2": { a: "1", b: "2" } }, []],
    ["a/{b?}", { "/a": {}, "/a/1": { b: "1" } }, []],
    ["a/{b?}/{c?}", { "/a/1": { b: "1" } }, []],
    ["{b?}/a", {}, ["/a"]],
    ["a/{b=home}", { "/a": { b: "home" }, "/a/x": { b: "x" } }, []],
    [
      "graph/{*path}",
      {
        "/graph/me/messages/1": { path: "me/messages/1" },
        "/graph/me//x/": { path: "me//x/" },
        "/graph": {},
        "/graph/": {},
      },
      ["/graph//me"],
    ],
    ["{*path}", { "/": {} }, []],
    ["{ignored:maxlength(0)?}", { "/": {} }, ["/x", "//"]],
  ])("%s", (template, matched, refused) => {
    for (const [path, values] of Object.entries(matched)) {
      expect([path, match(template, path)]).toEqual([path, values]);
    }
    for (const path of refused) expect([path, match(template, path)]).toEqual([path, undefined]);
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
