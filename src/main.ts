import { app } from "@azure/functions";
import { lightsout } from "./lightsout.ts";
import { nextMeeting } from "./nextMeeting.ts";
import { permissions } from "./permissions.ts";
import { keepHeapSmall } from "./smallHeap.ts";

keepHeapSmall();

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
