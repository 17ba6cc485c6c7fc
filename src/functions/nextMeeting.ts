import { readNextMeeting } from "../shared/apis/nextMeeting.ts";
import type { Lightsout } from "../shared/context.ts";
import { signedIn } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";

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
