import { app } from "@azure/functions";
import { composeLightsout } from "./app.ts";
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
const lightsout = composeLightsout(process.env, log);

for (const define of [
  account,
  authBackchannelLogout,
  authCallback,
  authLogoutCallback,
  authSession,
  authSessions,
  authSignIn,
  authSignOut,
  graph,
  health,
  home,
  nextMeeting,
]) {
  const { name, ...options } = define(lightsout);
  app.http(name, options);
}

const { name, ...options } = purgeExpired(lightsout);
app.timer(name, options);

app.hook.appTerminate(() => {
  for (const who of lightsout.signOuts.open()) log("error", "signout.unfinished", { who });
});
