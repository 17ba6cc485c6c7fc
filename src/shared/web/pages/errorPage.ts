import type { Problem } from "../problem.ts";
import type { View } from "../view.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";

const SIGNED_OUT = "urn:lightsout:problem:signed-out";

/** @param signIn The address of a sign-in that asks for everything that is missing, if that solves it. */
export function errorPage(
  view: View,
  { type, title, detail, status }: Problem,
  signIn?: string,
): string {
  const { language: say } = view;
  // The user is signed in, and one page needs more.
  const signedIn =
    (status === 401 && type !== SIGNED_OUT) || (status === 403 && signIn !== undefined);
  // A sign-out holds it back. The only way on is the user's click.
  const heldBack = status === 409 && signIn !== undefined;
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
