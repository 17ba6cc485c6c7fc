import type { Place } from "../../config/settings.ts";
import type { Problem } from "../problem.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";

/** @param signIn Where signing in solves it: with everything that is missing. Undefined where it does not. */
export function errorPage(
  place: Place,
  { title, detail, status }: Problem,
  signIn?: string,
): string {
  // Signed in, and not far enough for any page but one.
  const signedIn = status === 401;
  // Held back by a sign-out: one way on, and it is the user who takes it.
  const heldBack = status === 409;
  return layout(place, {
    title,
    signedIn,
    content: html`<h1>${title}</h1>
<p>${detail}</p>
<div class="actions">
${signIn && html`<a class="button" href="${signIn}">Sign in</a>`}
${signedIn && html`<a class="button quiet" href="${place.prefix}/auth/signout">Sign out</a>`}
${!signedIn && !heldBack && html`<a class="button quiet" href="${place.home}">Home</a>`}
</div>`,
  });
}
