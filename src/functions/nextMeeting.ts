import { app } from "@azure/functions";
import { lightsout } from "../app.ts";
import { readNextMeeting } from "../shared/graph/nextMeeting.ts";
import { signedIn } from "../shared/http/handlers.ts";
import { json } from "../shared/http/responses.ts";

/** An example of a function of your own: only a signed-in user gets in, and `session` is that user. */
app.http("nextMeeting", {
  methods: ["GET"],
  route: "my/next-meeting",
  authLevel: "anonymous",
  handler: signedIn(lightsout, async (_request, session) =>
    json({ meeting: await readNextMeeting(lightsout, session) }),
  ),
});
