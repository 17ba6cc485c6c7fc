import type { Revocation } from "../../session/revocationCookie.ts";
import type { View } from "../view.ts";
import { foreign, html } from "./html.ts";
import { layout } from "./layout.ts";

/** @param revocation What came of asking Microsoft; undefined if nobody wanted that. */
export function signedOutPage(view: View, revocation?: Revocation): string {
  const { language: say, appName } = view;
  return layout(view, {
    title: say.signedOut,
    content: html`<h1>${say.youAreSignedOut}</h1>
<p class="soft">${say.sessionIsOver(foreign(appName))}</p>
${revocation && html`<p>${say.revocation[revocation]}</p>\n`}<div class="actions">
<a class="button" href="${view.prefix}/auth/signin">${say.signIn}</a>
<a class="button quiet" href="${view.home}">${say.home}</a>
</div>`,
  });
}
