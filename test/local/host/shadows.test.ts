import { expect, it } from "@jest/globals";
import { isOurs, shadowsOf } from "../../../local/host/shadows.ts";
import { lightsout } from "../../../src/lightsout.ts";
import { recorder } from "../../support/functionsApp.ts";

const http = (name: string, route: string, methods?: string[]) => ({
  ...{ name, route, kind: "http" as const },
  ...(methods && { methods }),
});
const OURS = [
  http("authLogoutCallback", "auth/logout-callback", ["GET"]),
  http("authGraph", "graph/{*path}", ["GET", "POST"]),
  http("authHome", "{ignored:maxlength(0)?}", ["GET"]),
  { name: "authPurgeExpired", kind: "timer" as const },
];
const CALLBACK = "authLogoutCallback /auth/logout-callback";

it.each<[string, ReturnType<typeof http>, string[]]>([
  [
    "a catch-all whose name comes first",
    http("app", "{*rest}"),
    ["authGraph /graph/x", "authHome /", CALLBACK],
  ],
  ["one of capitals, which do not count", http("AUTHENTICATE", "auth/{page}"), [CALLBACK]],
  ["one that takes no such request", http("app", "{*rest}", ["DELETE"]), []],
  ["one that takes some of them", http("app", "graph/{*rest}", ["post"]), ["authGraph /graph/x"]],
  ["one whose name comes last", http("pages", "{*rest}"), []],
  ["one of another route", http("api", "auth/logout-callback/{rest}"), []],
  ["one whose constraint does not let it in", http("api", "{a:int}/{*rest}"), []],
  ["a timer", { ...http("app", ""), kind: "timer" as never }, []],
])("names %s", (_, theirs, shadows) => {
  const found = shadowsOf([...OURS, theirs]);
  expect(found.map(({ over, path }) => `${over} ${path}`)).toEqual(shadows);
  for (const { name } of found) expect(name).toBe(theirs.name);
});

it("knows all that an app registers for us, and nothing of its own", () => {
  const registered: { name: string; route: string }[] = [];
  const app = {
    ...recorder().app,
    http: (name: string, { route = "" }: { route?: string }) => registered.push({ name, route }),
  } as unknown as Parameters<typeof lightsout>[0];
  const calls = [{ method: "GET" as const, path: "me", scopes: ["User.Read"] }];
  lightsout(app, {
    graph: calls,
    apis: { orders: { baseUrl: "https://orders.example", calls } },
    scopes: ["User.Read"],
    functions: { home: true },
  });
  expect(registered.filter((one) => !isOurs(one))).toEqual([]);
  expect(registered.map(({ name }) => name)).toContain("authOrders");
  expect(isOurs({ name: "authOrders", route: "{*path}" })).toBe(false);
});

it("knows a route prefix", () => {
  const prefixed = [http("authSession", "api/auth/session"), http("app", "api/{*rest}")];
  expect(shadowsOf(prefixed)).toEqual([
    { name: "app", over: "authSession", path: "/api/auth/session" },
  ]);
});
