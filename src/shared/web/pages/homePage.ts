import type { Profile } from "../../apis/profile.ts";
import type { Place } from "../../config/settings.ts";
import { foreign, html } from "./html.ts";
import { layout, type ShownSession } from "./layout.ts";

export interface SignedInHome {
  readonly session: ShownSession;
  readonly name: string;
  readonly username: string;
  /** From Microsoft Graph; undefined when it cannot be read. */
  readonly profile: Profile | undefined;
  /** Whether the photo may be read from there. */
  readonly hasPhoto: boolean;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly otherApp: string | undefined;
}

export function signedInHome(
  place: Place,
  { session, name, username, profile, hasPhoto, expiresAt, otherApp }: SignedInHome,
): string {
  const address = profile?.mail || username;
  const until = `${expiresAt.slice(0, 16).replace("T", " ")} UTC`;
  return layout(place, {
    title: "Signed in",
    signedIn: true,
    session,
    content: html`<div class="who">
${hasPhoto && html`<img src="${place.prefix}/graph/me/photo/$value" alt="" width="80" height="80">\n`}<div><h1>${foreign(profile?.displayName || name || username || "Signed in")}</h1>${address && html`<p class="soft">${foreign(address)}</p>`}</div>
</div>
<dl>
${profile?.jobTitle && html`<dt>Role</dt><dd>${foreign(profile.jobTitle)}</dd>`}
${profile?.officeLocation && html`<dt>Office</dt><dd>${foreign(profile.officeLocation)}</dd>`}
<dt>Session</dt><dd>ends ${until}</dd>
${!profile && html`<dt>Profile</dt><dd>It cannot be read from Microsoft Graph right now.</dd>`}
</dl>
<div class="actions">
<form method="post" action="${place.prefix}/auth/signout"><button class="button">Sign out everywhere</button></form>
<a class="button quiet" href="${place.prefix}/auth/sessions">Your sessions</a>
</div>
${guide(otherApp, true)}`,
  });
}

export function signedOutHome(place: Place, otherApp: string | undefined): string {
  return layout(place, {
    title: "Signed out",
    content: html`<h1>You are signed out</h1>
<p class="soft">This app holds no tokens for you. Sign in to see your Microsoft 365 profile.</p>
<div class="actions"><a class="button" href="${place.prefix}/auth/signin">Sign in</a></div>
${guide(otherApp, false)}`,
  });
}

/** Only in the local set-up, which has a second app to sign out from. */
function guide(otherApp: string | undefined, signedIn: boolean) {
  if (otherApp === undefined) return undefined;
  return html`<aside>
<h2>Try it in three steps</h2>
<ol>
<li>${signedIn ? "You are signed in here: done." : "Sign in here, with one click."}</li>
<li>Open <a href="${otherApp}" target="_blank" rel="noopener">the other app</a> and sign in there. Nobody asks you again.</li>
<li>Choose <b>Sign out everywhere</b> in the other context, and come back: your tokens here are gone.</li>
</ol>
</aside>`;
}
