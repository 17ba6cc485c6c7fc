import { app } from "@azure/functions";
import { lightsout } from "../../src/lightsout.ts";
import { nextMeeting } from "../../src/nextMeeting.ts";
import { permissions } from "../../src/permissions.ts";

/*
 * The functions behind the page. In an app of your own, `lightsout` comes from "lightsout/functions".
 */

const auth = lightsout(app, {
  graph: permissions,
  apis: {
    shop: {
      baseUrl: "%ORDERS_BASE_URL%",
      calls: [{ method: "GET", path: "orders", scopes: ["%ORDERS_SCOPE%"], query: ["page"] }],
      paging: "link",
    },
  },
  scopes: ["User.Read"],
});

app.http("nextMeeting", {
  methods: ["GET"],
  route: "my/next-meeting",
  authLevel: "anonymous",
  handler: auth.signedIn({ scopes: ["Calendars.Read"] }, nextMeeting(process.env)),
});
