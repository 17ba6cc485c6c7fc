import { describe, expect, it } from "@jest/globals";
import { apisOf } from "../../src/apis.ts";
import { type Api, readApi } from "../../src/shared/apis/api.ts";
import { forward } from "../../src/shared/apis/forward.ts";
import { testApp } from "../support/app.ts";
import { stubSession } from "../support/graph.ts";
import { request } from "../support/request.ts";

const scopes = ["%ORDERS_SCOPE%", "api://other/Read"];
const api: Api = {
  baseUrl: "%ORDERS_BASE_URL%/v1/",
  calls: [{ method: "GET", path: "orders/{id}", scopes }],
};
const ENV = {
  ORDERS_BASE_URL: "https://orders.example/x",
  ORDERS_SCOPE: "api://orders/Orders.Read",
};

describe("an API", () => {
  it("has the settings that it names, wherever they stand, and its own limits", () => {
    expect(readApi(ENV, "orders", api)).toEqual({
      route: "orders",
      baseUrl: "https://orders.example/x/v1",
      calls: [{ ...api.calls[0], scopes: ["api://orders/Orders.Read", "api://other/Read"] }],
      paging: undefined,
      timeout: 100_000,
      maxRequestBytes: 4 * 1024 * 1024,
    });
    const limits = { timeoutSeconds: 2.5, maxRequestBytes: 0 };
    const limited = readApi(ENV, "orders", { ...api, ...limits });
    expect([limited.timeout, limited.maxRequestBytes]).toEqual([2_500, 0]);
  });

  it.each<[string, object, string]>([
    ["no address", { ORDERS_BASE_URL: "" }, "ORDERS_BASE_URL is not set. apis.orders"],
    ["an address that is none", { ORDERS_BASE_URL: "orders" }, "ORDERS_BASE_URL is not a URL"],
    ["an address on http", { ORDERS_BASE_URL: "http://a.example" }, "ORDERS_BASE_URL has to begin"],
    ["a query", { ORDERS_BASE_URL: "https://a.example/?x=" }, "ORDERS_BASE_URL has a query"],
    ["no scope", { ORDERS_SCOPE: undefined }, "ORDERS_SCOPE is not set. apis.orders"],
    ["two scopes", { ORDERS_SCOPE: "a b" }, "ORDERS_SCOPE makes no scope of apis.orders"],
    [
      "a secret unresolved",
      { ORDERS_SCOPE: "@Microsoft.KeyVault(x)" },
      "ORDERS_SCOPE is a Key Vault",
    ],
  ])("that has %s lacks a setting, and says which", (_, wrong, line) => {
    const read = () => readApi({ ...ENV, ...wrong }, "orders", api);
    expect(read).toThrow(expect.objectContaining({ code: "ERR_SETTING_INVALID" }));
    expect(read).toThrow(line);
  });

  it("that lacks a setting takes no other along, and the log says so", async () => {
    const { app, logged } = testApp();
    const options = {
      graph: [],
      apis: { orders: api, stock: { ...api, baseUrl: "https://s.example" } },
    };
    const env = { ORDERS_SCOPE: ENV.ORDERS_SCOPE };
    const [graph, orders, stock] = apisOf({ context: app, signingOut: app }, options, env);
    expect([graph?.route, orders?.route, stock?.baseUrl]).toEqual([
      "graph",
      "orders",
      "https://s.example",
    ]);
    const call = forward(app, request("/orders/orders/1"), stubSession(), orders as never);
    await expect(call).rejects.toMatchObject({ code: "ERR_SETTING_INVALID" });
    const reason = "ORDERS_BASE_URL is not set. apis.orders.baseUrl needs it.";
    expect(logged).toEqual([["error", "setting.invalid", { reason, count: 1 }]]);
  });
});
