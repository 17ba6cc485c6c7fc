import { app } from "@azure/functions";
import { lightsout } from "../../../src/lightsout.ts";
import { permissions } from "../../../src/permissions.ts";

/*
 * An app of a team: it calls an API of its own, and has HTTP streams where `HTTP_STREAM` says so.
 */

if (process.env.HTTP_STREAM) app.setup({ enableHttpStream: true });

lightsout(app, {
  graph: permissions,
  apis: {
    orders: {
      baseUrl: "%ORDERS_BASE_URL%/v1.0",
      // The same calls, so that the same attacks fit.
      calls: permissions.map((call) => ({
        ...call,
        scopes: call.scopes.map((scope) => `%ORDERS_ID%/${scope}`),
      })),
      paging: "nextLink",
    },
    shop: {
      baseUrl: "%ORDERS_BASE_URL%",
      calls: [{ method: "GET", path: "orders", scopes: ["%ORDERS_SCOPE%"], query: ["page"] }],
      paging: "link",
    },
  },
  scopes: ["User.Read"],
  functions: { home: true },
});
