import type { View } from "../view.ts";
import { type Html, html } from "./html.ts";

/** The field of a sign-out that asks Microsoft too. */
export const REVOKE_FIELD = "revokeSignInSessions";

/** The buttons that sign out. @param revokes Whether there is one that asks Microsoft too. */
export function signOutForms(view: View, revokes: boolean): Html {
  const { language: say } = view;
  return html`${signOutForm(view, say.signOutEverywhere)}${revokes && html`\n${signOutForm(view, say.signOutAtMicrosoft, true)}`}`;
}

export function signOutForm({ prefix }: View, label: string, revokes = false): Html {
  const field = html`<input type="hidden" name="${REVOKE_FIELD}" value="true">`;
  return html`<form method="post" action="${prefix}/auth/signout">${revokes && field}<button class="button">${label}</button></form>`;
}
