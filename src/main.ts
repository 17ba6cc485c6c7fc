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
const { lightsout, signingOut } = compose(process.env, log);

const functions = [
  account(lightsout),
  authBackchannelLogout(lightsout),
  authCallback(lightsout),
  authLogoutCallback(signingOut),
  authSession(lightsout),
  authSessions(lightsout),
  authSignIn(lightsout),
  authSignOut(signingOut),
  graph(lightsout),
  health(lightsout),
  home(lightsout),
  nextMeeting(lightsout),
];
for (const { name, ...options } of functions) app.http(name, options);

const { name, ...options } = purgeExpired(signingOut);
app.timer(name, options);

app.hook.appTerminate(() => {
  for (const who of signingOut.signOuts.open()) log("error", "signout.unfinished", { who });
});
