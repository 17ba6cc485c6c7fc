import { app } from "@azure/functions";
import { compose } from "./compose.ts";
import { account } from "./functions/account.ts";
import { authBackchannelLogout } from "./functions/authBackchannelLogout.ts";
import { authCallback } from "./functions/authCallback.ts";
import { authLogoutCallback } from "./functions/authLogoutCallback.ts";
import { authSession } from "./functions/authSession.ts";
import { authSessions } from "./functions/authSessions.ts";
import { authSignIn } from "./functions/authSignIn.ts";
import { authSignOut } from "./functions/authSignOut.ts";
import { graph } from "./functions/graph.ts";
import { health } from "./functions/health.ts";
import { home } from "./functions/home.ts";
import { nextMeeting } from "./functions/nextMeeting.ts";
import { purgeExpired } from "./functions/purgeExpired.ts";
import { followInvocations } from "./invocations.ts";

const log = followInvocations(app);
const { context, signingOut } = compose(process.env, log);

const functions = [
  account(context),
  authBackchannelLogout(context),
  authCallback(context),
  authLogoutCallback(signingOut),
  authSession(context),
  authSessions(context),
  authSignIn(context),
  authSignOut(signingOut),
  graph(context),
  health(context),
  home(context),
  nextMeeting(context),
];
for (const { name, ...options } of functions) app.http(name, options);

const { name, ...options } = purgeExpired(signingOut);
app.timer(name, options);

app.hook.appTerminate(() => {
  for (const who of signingOut.signOuts.open()) log("error", "signout.unfinished", { who });
});
