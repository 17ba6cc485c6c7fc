import { app } from "@azure/functions";
import { lightsout } from "../../../src/lightsout.ts";
import { permissions } from "../../../src/permissions.ts";
import { oddAnswer } from "./oddAnswers.ts";

/*
 * An app of a team: it calls an API of its own, answers oddly, and has HTTP streams where `HTTP_STREAM` says so.
 */

if (process.env.HTTP_STREAM) app.setup({ enableHttpStream: true });

const auth = lightsout(app, {
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

app.http("odd", {
  route: "my/odd",
  methods: ["GET"],
  authLevel: "anonymous",
  handler: auth.signedIn(async ({ query }) => oddAnswer(query.get("is") ?? "")),
});
