import type { Place } from "../../config/settings.ts";
import type { SessionSummary } from "../../session/session.ts";
import { foreign, html } from "./html.ts";
import { layout, type ShownSession } from "./layout.ts";

/** @param now Milliseconds since 1970. */
export function sessionsPage(
  place: Place,
  session: ShownSession,
  username: string,
  sessions: readonly SessionSummary[],
  now: number,
): string {
  return layout(place, {
    title: "Your sessions",
    signedIn: true,
    session,
    content: html`<h1>Your sessions</h1>
<p class="soft">Where ${username ? html`${foreign(username)} is` : "you are"} signed in to this app.</p>
<ul class="rows">
${sessions.map(
  ({
    device,
    signedInAt,
    current,
  }) => html`<li><b>${foreign(device)}</b>${current && " · this one"}<br>
<span class="soft">signed in ${ago(now - signedInAt)}</span></li>
`,
)}</ul>
<p>Signing out ends all of them, here and in every other app of this browser.</p>
<div class="actions">
<form method="post" action="${place.prefix}/auth/signout"><button class="button">Sign out everywhere</button></form>
<a class="button quiet" href="${place.home}">Home</a>
</div>`,
  });
}

function ago(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return "just now";
  const [count, unit] = minutes < 60 ? [minutes, "minute"] : [Math.floor(minutes / 60), "hour"];
  return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}
