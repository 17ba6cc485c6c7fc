import type { HttpFunction } from "../shared/functions.ts";
import { readNextMeeting } from "../shared/graph/nextMeeting.ts";
import { signedIn } from "../shared/http/handlers.ts";
import { json } from "../shared/http/responses.ts";
import type { Lightsout } from "../shared/lightsout.ts";

/** An example of a function of your own: only a signed-in user gets in, and `session` is that user. */
export const nextMeeting = (lightsout: Lightsout): HttpFunction => ({
  name: "nextMeeting",
  methods: ["GET"],
  route: "my/next-meeting",
  authLevel: "anonymous",
  handler: signedIn(lightsout, async (_request, session) =>
    json({ meeting: await readNextMeeting(lightsout, session) }),
  ),
});
