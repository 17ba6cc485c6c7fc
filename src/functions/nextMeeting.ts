import { readNextMeeting } from "../shared/apis/nextMeeting.ts";
import type { Context } from "../shared/context.ts";
import { signedIn } from "../shared/web/handlers.ts";
import type { HttpFunction } from "../shared/web/httpFunction.ts";
import { json } from "../shared/web/responses.ts";

/** An example of a function of your own: only a signed-in user gets in, and `session` is that user. */
export const nextMeeting = (context: Context): HttpFunction => ({
  name: "nextMeeting",
  methods: ["GET"],
  route: "my/next-meeting",
  authLevel: "anonymous",
  handler: signedIn(context, async (_request, _invocation, session) =>
    json({ meeting: await readNextMeeting(context, session) }),
  ),
});
