import { html } from "./html.ts";
import { layout } from "./layout.ts";

export function signOutPage(): string {
  return layout({
    title: "Sign out",
    signedIn: true,
    content: html`<h1>Sign out?</h1>
<p class="soft">This ends your session here and in every other app you signed in to with this account.</p>
<div class="actions">
<form method="post" action="/auth/signout"><button class="button">Sign out everywhere</button></form>
<a class="button quiet" href="/">Stay signed in</a>
</div>`,
  });
}

/** The tokens are still there, and the page says so: nobody walks away believing otherwise. */
export function signOutFailedPage(): string {
  return layout({
    title: "Not signed out yet",
    signedIn: true,
    content: html`<h1>You are not signed out yet</h1>
<p>The storage that holds your tokens does not answer, so they could not be deleted. Please try again.</p>
<div class="actions">
<form method="post" action="/auth/signout"><button class="button">Try again</button></form>
</div>`,
  });
}
