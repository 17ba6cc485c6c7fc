import { afterAll, beforeAll, expect, it, jest } from "@jest/globals";
import { lightsout, type Options } from "../src/lightsout.ts";
import { recorder } from "./support/functionsApp.ts";

const call = { method: "GET", path: "me", scopes: ["User.Read"] } as const;
const graph = (...calls: object[]) => ({ graph: calls });
const api = { baseUrl: "%ORDERS_BASE_URL%/v1", calls: [call] };
const orders = (changes: object) => ({ apis: { orders: { ...api, ...changes } } });

/** An option that is none, and what the line names. */
const WRONG: [string, unknown, string][] = [
  ["no object", null, "lightsout takes an object"],
  ["a list", [], "lightsout takes an object"],
  ["an option that is none", { graf: [] }, "lightsout has no option graf"],
  ["a table that is no list", { graph: {} }, "graph has to be a list"],
  ["a row that is none", graph(call, 5 as never), "graph[1] needs a method"],
  ["a row without a method", graph({ ...call, method: undefined }), "graph[0] needs a method"],
  ["a method in another case", graph({ ...call, method: "get" }), "graph[0] needs a method"],
  ["a path that begins with a slash", graph({ ...call, path: "/me" }), "graph[0] needs a path"],
  ["a path that climbs", graph({ ...call, path: "me/../users" }), "graph[0] needs a path"],
  ["a path that ends in dots", graph({ ...call, path: "me/.." }), "graph[0] needs a path"],
  ["a path with a query", graph({ ...call, path: "me?$top=1" }), "graph[0] needs a path"],
  ["a path with another place holder", graph({ ...call, path: "me/{x}" }), "graph[0] needs a path"],
  ["an empty segment", graph({ ...call, path: "me//a" }), "graph[0] needs a path"],
  ["a row without scopes", graph({ ...call, scopes: [] }), "graph[0] needs scopes"],
  ["scopes in one text", graph({ ...call, scopes: "User.Read" }), "graph[0] needs scopes"],
  ["two scopes in one", graph({ ...call, scopes: ["a b"] }), "graph[0] needs scopes"],
  ["a query that is no list", graph({ ...call, query: "$top" }), "graph[0] has a query"],
  ["an option with a blank", graph({ ...call, query: ["$to p"] }), "graph[0] has a query"],
  ["a download in words", graph({ ...call, download: "yes" }), "graph[0] has a download"],
  ["a field that is none", graph({ ...call, querys: [] }), "graph[0] has a field querys"],
  ["a row twice", graph(call, { ...call, scopes: ["b"] }), "graph[1] is GET me, as graph[0] is"],
  ["apis in a list", { apis: [] }, "apis takes an object"],
  ["an API that is none", { apis: { orders: "https://a.example" } }, "apis.orders takes an object"],
  ["an API's field that is none", orders({ url: "x" }), "apis.orders has no field url"],
  ["an API without an address", orders({ baseUrl: undefined }), "apis.orders.baseUrl has to be"],
  ["an API on http", orders({ baseUrl: "http://a.example" }), "apis.orders.baseUrl has to begin"],
  ["an API with a query", orders({ baseUrl: "https://a.example/?v=1" }), "apis.orders.baseUrl has"],
  ["an API without calls", orders({ calls: undefined }), "apis.orders.calls has to be a list"],
  ["a row of an API", orders({ calls: [{ ...call, path: "/" }] }), "apis.orders.calls[0] needs"],
  ["paging that is none", orders({ paging: "odata" }), "apis.orders.paging has to be"],
  ["no time", orders({ timeoutSeconds: 0 }), "apis.orders.timeoutSeconds has to be"],
  ["time in words", orders({ timeoutSeconds: "1m" }), "apis.orders.timeoutSeconds has to be"],
  ["half a byte", orders({ maxRequestBytes: 0.5 }), "apis.orders.maxRequestBytes has to be"],
  ["a route with a slash", { apis: { "a/b": api } }, 'apis."a/b" is no route'],
  ...["auth", "Graph", "accounts", "health", "admin", "runtimes", "session", "SIGNIN", "home"].map(
    (route): [string, unknown, string] => [
      `the route ${route}`,
      { apis: { [route]: api } },
      `apis.${route} is taken`,
    ],
  ),
  ["a route twice", { apis: { orders: api, Orders: api } }, "apis.Orders is taken"],
  ["scopes that are no list", { scopes: "User.Read" }, "scopes has to be a list"],
  ["a scope that is none", { scopes: ["User.Read", ""] }, "scopes has to be a list"],
  ["claims that are no list", { claims: "email" }, "claims has to be a list"],
  ["a claim that is none", { claims: ["email", 5] }, "claims has to be a list"],
  ["a claim that nobody may know", { claims: ["email", "sid"] }, "claims cannot have sid"],
  ["functions that are none", { functions: true }, "functions takes an object"],
  ["a function that is none", { functions: { helth: false } }, "functions has no option helth"],
  ["sign-out left out", { functions: { signOut: false } }, "functions.signOut cannot be set"],
  ["revoking in words", { revokeSignInSessions: "yes" }, "revokeSignInSessions has to be true"],
  ["a function by words", { functions: { health: "no" } }, "functions.health has to be true"],
  ["a home page without its scope", { functions: { home: true } }, "needs User.Read in scopes"],
  [
    "a home page without what it leads to",
    { scopes: ["User.Read"], functions: { home: true, sessions: false } },
    "functions.home needs functions.sessions",
  ],
];

it.each(WRONG)("lightsout refuses %s, in one line, and registers nothing", (_, options, line) => {
  const { app, names } = recorder();
  const add = () => lightsout(app, options as Options);
  expect(add).toThrow(expect.objectContaining({ code: "ERR_OPTION_INVALID" }));
  expect(add).toThrow(line);
  expect(add).toThrow(/^[^\n]+$/);
  expect(names()).toEqual([]);
});

const ALWAYS = [
  ...["authCallback", "authDevice", "authDeviceRefresh", "authLogoutCallback", "authPurgeExpired"],
  ...["authSession", "authSignIn", "authSignOut", "authSignedOut"],
];
const OF_SESSIONS = ["authAccount", "authBackchannelLogout", "authEndSession", "authSessions"];

// There are no settings here, and the log says so.
beforeAll(() => void jest.spyOn(console, "error").mockImplementation(() => {}));
afterAll(() => void jest.restoreAllMocks());

it.each<[string, Options, string[]]>([
  ["what every app has, and what was not left out", {}, [...OF_SESSIONS, "authHealth"]],
  [
    "only what has to be",
    { functions: { account: false, backchannelLogout: false, health: false, sessions: false } },
    [],
  ],
  [
    "all that was asked for",
    {
      graph: [call],
      apis: { orders: api },
      scopes: ["User.Read"],
      functions: { home: true, health: false },
    },
    [...OF_SESSIONS, "authGraph", "authHome", "authOrders"],
  ],
])("lightsout registers %s, whatever the settings are", (_, options, more) => {
  const { app, names } = recorder();
  lightsout(app, options);
  expect(names()).toEqual([...ALWAYS, ...more].sort());
});

it("lightsout names a proxy that it cannot use, without its password, and goes on", () => {
  const before = process.env.HTTPS_PROXY;
  process.env.HTTPS_PROXY = "http://svc:secret@proxy.example:99999";
  const { app, names } = recorder();
  lightsout(app);
  expect(names()).toEqual(expect.arrayContaining(ALWAYS));
  const said = jest.mocked(console.error).mock.calls.join();
  expect(said).toContain("HTTPS_PROXY holds no address of a proxy");
  expect(said).not.toContain("secret");
  if (before === undefined) delete process.env.HTTPS_PROXY;
  else process.env.HTTPS_PROXY = before;
});
