import type { Profile } from "../../apis/profile.ts";
import type { View } from "../view.ts";
import { foreign, type Html, html } from "./html.ts";
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
  /** What else the page says. */
  readonly aside?: Html | undefined;
}

export function signedInHome(
  view: View,
  { session, name, username, profile, hasPhoto, aside }: SignedInHome,
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
${aside}`,
  });
}

export function signedOutHome(view: View, aside?: Html): string {
  const { language: say } = view;
  return layout(view, {
    title: say.signedOut,
    content: html`<h1>${say.youAreSignedOut}</h1>
<p class="soft">${say.welcome}</p>
<div class="actions"><a class="button" href="${view.prefix}/auth/signin">${say.signIn}</a></div>
${aside}`,
  });
}
