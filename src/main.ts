import { setFlagsFromString } from "node:v8";
import { app } from "@azure/functions";
import { lightsout } from "./lightsout.ts";
import { nextMeeting } from "./nextMeeting.ts";
import { permissions } from "./permissions.ts";

// V8 would let the space for young objects grow to a hundred megabytes, and keep them. A request leaves little behind.
setFlagsFromString("--semi-space-growth-factor=1");

const auth = lightsout(app, {
  graph: permissions,
  scopes: ["User.Read"],
  functions: { home: true },
});

app.http("nextMeeting", {
  methods: ["GET"],
  route: "my/next-meeting",
  authLevel: "anonymous",
  handler: auth.signedIn({ scopes: ["Calendars.Read"] }, nextMeeting(process.env)),
});
