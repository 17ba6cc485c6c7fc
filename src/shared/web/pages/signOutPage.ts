import type { View } from "../view.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";
import { signOutForm, signOutForms } from "./signOutForm.ts";

/** @param revokes Whether there is a button that asks Microsoft too. */
export function signOutPage(view: View, revokes = false): string {
  const { language: say } = view;
  return layout(view, {
    title: say.signOut,
    signedIn: true,
    content: html`<h1>${say.signOutQuestion}</h1>
<p class="soft">${say.signOutReaches}</p>
${revokes && html`<p class="soft">${say.microsoftReaches}</p>\n`}<div class="actions">
${signOutForms(view, revokes)}
<a class="button quiet" href="${view.home}">${say.staySignedIn}</a>
</div>`,
  });
}

/** The tokens are still there, and the page says so. @param revokes Whether Microsoft is to be asked too. */
export function signOutFailedPage(view: View, revokes = false): string {
  const { language: say } = view;
  return layout(view, {
    title: say.notSignedOut,
    signedIn: true,
    content: html`<h1>${say.notSignedOutYet}</h1>
<p>${say.tokensStillThere}</p>
<div class="actions">
${signOutForm(view, say.tryAgain, revokes)}
</div>`,
  });
}
