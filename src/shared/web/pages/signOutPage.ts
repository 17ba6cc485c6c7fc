import type { View } from "../view.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";

export function signOutPage(view: View): string {
  const { language: say } = view;
  return layout(view, {
    title: say.signOut,
    signedIn: true,
    content: html`<h1>${say.signOutQuestion}</h1>
<p class="soft">${say.signOutReaches}</p>
<div class="actions">
<form method="post" action="${view.prefix}/auth/signout"><button class="button">${say.signOutEverywhere}</button></form>
<a class="button quiet" href="${view.home}">${say.staySignedIn}</a>
</div>`,
  });
}

/** The tokens are still there, and the page says so. */
export function signOutFailedPage(view: View): string {
  const { language: say } = view;
  return layout(view, {
    title: say.notSignedOut,
    signedIn: true,
    content: html`<h1>${say.notSignedOutYet}</h1>
<p>${say.tokensStillThere}</p>
<div class="actions">
<form method="post" action="${view.prefix}/auth/signout"><button class="button">${say.tryAgain}</button></form>
</div>`,
  });
}
