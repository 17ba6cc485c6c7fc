import type { Place } from "../../config/settings.ts";
import { foreign, html } from "./html.ts";
import { layout, type ShownSession } from "./layout.ts";

/**
 * @param username Who is signed in.
 * @param signIn Where the user agrees to the other account. @param stay Where to go on without.
 */
export function switchAccountPage(
  place: Place,
  session: ShownSession,
  username: string,
  signIn: string,
  stay: string,
): string {
  return layout(place, {
    title: "Another account?",
    signedIn: true,
    session,
    // Its own address, when a script of this app goes there, starts the sign-in that it asks about.
    elsewhere: stay,
    content: html`<h1>Sign in with another account?</h1>
<p>You are signed in${username && html` as ${foreign(username)}`}. The link that you followed is for somebody else.</p>
<div class="actions">
<a class="button" href="${signIn}">Switch account</a>
<a class="button quiet" href="${stay}">Stay signed in</a>
</div>`,
  });
}
