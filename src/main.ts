import { app } from "@azure/functions";
import { compose } from "./compose.ts";
import { authAccount } from "./functions/authAccount.ts";
import { authBackchannelLogout } from "./functions/authBackchannelLogout.ts";
import { authCallback } from "./functions/authCallback.ts";
import { authGraph } from "./functions/authGraph.ts";
import { authHealth } from "./functions/authHealth.ts";
import { authHome } from "./functions/authHome.ts";
import { authLogoutCallback } from "./functions/authLogoutCallback.ts";
import { authPurgeExpired } from "./functions/authPurgeExpired.ts";
import { authSession } from "./functions/authSession.ts";
import { authSessions } from "./functions/authSessions.ts";
import { authSignIn } from "./functions/authSignIn.ts";
import { authSignOut } from "./functions/authSignOut.ts";
import { nextMeeting } from "./functions/nextMeeting.ts";
import { followInvocations } from "./invocations.ts";

const log = followInvocations(app);
const { context, signingOut } = compose(process.env, log);

const functions = [
  authAccount(context),
  authBackchannelLogout(context),
  authCallback(context),
  authLogoutCallback(signingOut),
  authSession(context),
  authSessions(context),
  authSignIn(context),
  authSignOut(signingOut),
  authGraph(context),
  authHealth(context),
  authHome(context),
  nextMeeting(context),
];
for (const { name, ...options } of functions) app.http(name, options);

const { name, ...options } = authPurgeExpired(signingOut);
app.timer(name, options);

app.hook.appTerminate(() => {
  for (const who of signingOut.signOuts.open()) log("error", "signout.unfinished", { who });
});
