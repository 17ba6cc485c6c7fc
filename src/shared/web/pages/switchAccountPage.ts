import type { View } from "../view.ts";
import { foreign, html } from "./html.ts";
import { layout, type ShownSession } from "./layout.ts";

/**
 * @param username Who is signed in.
 * @param signIn Signs in the other account. @param stay Goes on with this one.
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
    content: html`<h1>${say.otherAccountQuestion}</h1>
<p>${say.linkForSomebodyElse(username ? foreign(username) : undefined)}</p>
<div class="actions">
<a class="button" href="${signIn}">${say.switchAccount}</a>
<a class="button quiet" href="${stay}">${say.staySignedIn}</a>
</div>`,
  });
}
