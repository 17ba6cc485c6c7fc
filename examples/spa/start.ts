import { once } from "node:events";
import { type Live, startLive } from "../../local/live/live.ts";
import { Parts } from "../../local/parts.ts";
import { freePort } from "../../local/ports.ts";
import { startRig } from "../../local/rig.ts";
import { paint, renderScreen } from "../../local/screen.ts";
import { buildFunctions } from "./build.ts";
import { startSpa } from "./server.ts";

const PORTS = { spa: 7080, live: 7075, otherApp: 7074 };

const parts = new Parts();
let live: Live | undefined;
try {
  const port = await freePort(PORTS.spa);
  const baseUrl = `http://localhost:${port}`;
  const { root } = await parts.add(buildFunctions());
  const rig = await parts.add(
    startRig({
      root,
      baseUrl,
      env: { APP_NAME: "Mailroom" },
      ports: { otherApp: await freePort(PORTS.otherApp) },
      onLog: (line) => live?.log(line),
    }),
  );
  live = await parts.add(
    startLive({ ...rig, lightsout: { url: baseUrl }, port: await freePort(PORTS.live) }),
  );
  const spa = await parts.add(startSpa({ port, functionsUrl: rig.host.url }));
  const screen = {
    title: "The single-page app is running",
    places: [
      { name: "Mailroom", url: spa.url },
      { name: "Fabrikam Travel", url: rig.otherApp.url, note: "another app, to sign out from" },
      { name: "Live", url: live.url, note: "who holds what, while you do" },
    ],
    steps: [
      "Open Mailroom and sign in: any account, no password.",
      "Wait a minute and get a code for the help desk: it takes a fresh sign-in.",
      "Open Fabrikam Travel in another tab, sign in there too, and sign out everywhere.",
      "Go back to Mailroom's tab: your mail leaves the page as you look at it.",
    ],
  };
  process.stdout.write(`${renderScreen(screen, paint)}\n`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM"), rig.host.exited]);
} finally {
  await parts.stop();
}
