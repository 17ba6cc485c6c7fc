import type { Profile } from "../../apis/profile.ts";
import type { View } from "../view.ts";
import { foreign, html } from "./html.ts";
import { layout, type ShownSession } from "./layout.ts";
import { signOutForm } from "./signOutForm.ts";
import { timeShown } from "./times.ts";

interface SignedInHome {
  readonly session: ShownSession & {
    /** Milliseconds since 1970. */
    readonly expiresAt: number;
  };
  readonly name: string;
  readonly username: string;
  /** From Microsoft Graph. Undefined during an outage. */
  readonly profile: Profile | undefined;
  readonly hasPhoto: boolean;
  readonly otherApp: string | undefined;
}

export function signedInHome(
  view: View,
  { session, name, username, profile, hasPhoto, otherApp }: SignedInHome,
): string {
  const { language: say } = view;
  const shownName = profile?.displayName || name || username;
  const address = profile?.mail || username;
  return layout(view, {
    title: say.signedIn,
    signedIn: true,
    session,
    content: html`<div class="who">
${hasPhoto && html`<img src="${view.prefix}/graph/me/photo/$value" alt="" width="80" height="80">\n`}<div><h1>${shownName ? foreign(shownName) : say.signedIn}</h1>${address && html`<p class="soft">${foreign(address)}</p>`}</div>
</div>
<dl>
${profile?.jobTitle && html`<dt>${say.role}</dt><dd>${foreign(profile.jobTitle)}</dd>`}
${profile?.officeLocation && html`<dt>${say.office}</dt><dd>${foreign(profile.officeLocation)}</dd>`}
<dt>${say.session}</dt><dd>${say.endsAt(timeShown(say, session.expiresAt))}</dd>
${!profile && html`<dt>${say.profile}</dt><dd>${say.noProfile}</dd>`}
</dl>
<div class="actions">
${signOutForm(view, say.signOutEverywhere)}
<a class="button quiet" href="${view.prefix}/auth/sessions">${say.yourSessions}</a>
</div>
${guide(view, otherApp, true)}`,
  });
}

export function signedOutHome(view: View, otherApp: string | undefined): string {
  const { language: say } = view;
  return layout(view, {
    title: say.signedOut,
    content: html`<h1>${say.youAreSignedOut}</h1>
<p class="soft">${say.welcome}</p>
<div class="actions"><a class="button" href="${view.prefix}/auth/signin">${say.signIn}</a></div>
${guide(view, otherApp, false)}`,
  });
}

/** Only in the local set-up, which has a second app. */
function guide({ language: say }: View, otherApp: string | undefined, signedIn: boolean) {
  if (otherApp === undefined) return undefined;
  const link = (text: string) =>
    html`<a href="${otherApp}" target="_blank" rel="noopener">${text}</a>`;
  return html`<aside>
<h2>${say.guide.title}</h2>
<ol>
<li>${signedIn ? say.guide.done : say.guide.signIn}</li>
<li>${say.guide.openOther(link)}</li>
<li>${say.guide.signOutThere(html`<b lang="en" dir="ltr">Sign out everywhere</b>`)}</li>
</ol>
</aside>`;
}
