import type { Problem } from "../problem.ts";
import type { View } from "../view.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";

/** @param signIn Where signing in solves it: with everything that is missing. Undefined where it does not. */
export function errorPage(view: View, { title, detail, status }: Problem, signIn?: string): string {
  const { language: say } = view;
  // Signed in, and not far enough for any page but one.
  const signedIn = status === 401 || (status === 403 && signIn !== undefined);
  // Held back by a sign-out: one way on, and it is the user who takes it.
  const heldBack = status === 409;
  return layout(view, {
    title,
    signedIn,
    content: html`<h1>${title}</h1>
<p>${detail}</p>
<div class="actions">
${signIn && html`<a class="button" href="${signIn}">${say.signIn}</a>`}
${signedIn && html`<a class="button quiet" href="${view.prefix}/auth/signout">${say.signOut}</a>`}
${!signedIn && !heldBack && html`<a class="button quiet" href="${view.home}">${say.home}</a>`}
</div>`,
  });
}
