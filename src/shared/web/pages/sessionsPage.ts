import type { SessionSummary } from "../../session/session.ts";
import type { View } from "../view.ts";
import { foreign, html } from "./html.ts";
import { layout, type ShownSession } from "./layout.ts";
import { signOutForms } from "./signOutForm.ts";
import { ageShown } from "./times.ts";

/** @param now Milliseconds since 1970. @param revokes Whether there is a button that asks Microsoft too. */
export function sessionsPage(
  view: View,
  session: ShownSession,
  username: string,
  sessions: readonly SessionSummary[],
  now: number,
  revokes = false,
): string {
  const { language: say } = view;

  function row({ key, device, signedInAt, current, bound }: SessionSummary) {
    const name = device ? foreign(device) : say.someBrowser;
    const age = ageShown(say, now - signedInAt);
    const binding = current ? say.boundToThisDevice : say.boundToItsDevice;
    return html`<li>
<div><b id="${key}">${name}</b>${current && html` <span class="mark">${say.thisOne}</span>`}<br>
<span class="soft">${age ? say.signedInSince(age) : say.signedInJustNow}${bound && html` · ${binding}`}</span></div>
<form method="post" action="${view.prefix}/auth/sessions/end"><input type="hidden" name="session" value="${key}"><button class="button quiet small" aria-describedby="${key}">${say.endSession}</button></form>
</li>
`;
  }

  return layout(view, {
    title: say.yourSessions,
    signedIn: true,
    session,
    content: html`<h1>${say.yourSessions}</h1>
<p class="soft">${say.whereSignedIn(username ? foreign(username) : undefined)}</p>
<ul class="rows">
${sessions.map(row)}</ul>
<p>${say.signingOutEndsAll}</p>
${revokes && html`<p>${say.microsoftReaches}</p>\n`}<div class="actions">
${signOutForms(view, revokes)}
<a class="button quiet" href="${view.home}">${say.home}</a>
</div>`,
  });
}
