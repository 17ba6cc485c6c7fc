import { randomInt } from "node:crypto";
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
  revokeSignInSessions: true,
});

app.http("nextMeeting", {
  methods: ["GET"],
  route: "my/next-meeting",
  authLevel: "anonymous",
  handler: auth.signedIn({ scopes: ["Calendars.Read"] }, nextMeeting(process.env)),
});

app.http("helpDeskCode", {
  methods: ["POST"],
  route: "my/help-desk-code",
  authLevel: "anonymous",
  // Who finds a browser that was left open gets none.
  handler: auth.signedIn({ maxAge: 60 }, async () => {
    const digits = String(randomInt(1_000_000)).padStart(6, "0");
    return { jsonBody: { code: `${digits.slice(0, 3)} ${digits.slice(3)}` } };
  }),
});
