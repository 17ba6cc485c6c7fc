import type { View } from "../view.ts";
import { foreign, html } from "./html.ts";
import { layout, type ShownSession } from "./layout.ts";

/**
 * @param username Who is signed in.
 * @param signIn Where the user agrees to the other account. @param stay Where to go on without.
 */
export function switchAccountPage(
  view: View,
  session: ShownSession,
  username: string,
  signIn: string,
  stay: string,
): string {
  const { language: say } = view;
  return layout(view, {
    title: say.otherAccount,
    signedIn: true,
    session,
    // Its own address, when a script of this app goes there, starts the sign-in that it asks about.
    elsewhere: stay,
    content: html`<h1>${say.otherAccountQuestion}</h1>
<p>${say.linkForSomebodyElse(username ? foreign(username) : undefined)}</p>
<div class="actions">
<a class="button" href="${signIn}">${say.switchAccount}</a>
<a class="button quiet" href="${stay}">${say.staySignedIn}</a>
</div>`,
  });
}
