import { app } from "@azure/functions";
import { lightsout } from "./lightsout.ts";
import { nextMeeting } from "./nextMeeting.ts";
import { permissions } from "./permissions.ts";

const auth = lightsout(app, {
  graph: permissions,
  scopes: ["User.Read"],
  functions: { home: true },
});

const graphBaseUrl = process.env.GRAPH_BASE_URL || "https://graph.microsoft.com/v1.0";

app.http("nextMeeting", {
  methods: ["GET"],
  route: "my/next-meeting",
  authLevel: "anonymous",
  handler: auth.signedIn({ scopes: ["Calendars.Read"] }, nextMeeting(graphBaseUrl)),
});
