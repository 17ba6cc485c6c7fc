import type { View } from "../view.ts";
import { foreign, html } from "./html.ts";
import { layout } from "./layout.ts";

export function signedOutPage(view: View): string {
  const { language: say, appName } = view;
  return layout(view, {
    title: say.signedOut,
    content: html`<h1>${say.youAreSignedOut}</h1>
<p class="soft">${say.sessionIsOver(foreign(appName))}</p>
<div class="actions">
<a class="button" href="${view.prefix}/auth/signin">${say.signIn}</a>
<a class="button quiet" href="${view.home}">${say.home}</a>
</div>`,
  });
}
