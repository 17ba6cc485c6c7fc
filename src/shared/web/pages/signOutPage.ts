import type { Place } from "../../config/settings.ts";
import { html } from "./html.ts";
import { layout } from "./layout.ts";

export function signOutPage(place: Place): string {
  return layout(place, {
    title: "Sign out",
    signedIn: true,
    content: html`<h1>Sign out?</h1>
<p class="soft">This ends your session here and in every other app you signed in to with this account.</p>
<div class="actions">
<form method="post" action="${place.prefix}/auth/signout"><button class="button">Sign out everywhere</button></form>
<a class="button quiet" href="${place.home}">Stay signed in</a>
</div>`,
  });
}

/** The tokens are still there, and the page says so: nobody walks away believing otherwise. */
export function signOutFailedPage(place: Place): string {
  return layout(place, {
    title: "Not signed out yet",
    signedIn: true,
    content: html`<h1>You are not signed out yet</h1>
<p>The storage that holds your tokens does not answer, so they could not be deleted. Please try again.</p>
<div class="actions">
<form method="post" action="${place.prefix}/auth/signout"><button class="button">Try again</button></form>
</div>`,
  });
}
