import type { View } from "../view.ts";
import { foreign, Html, html } from "./html.ts";
import { ICON } from "./icon.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

/** Whose data a page shows. Its script asks whether that user is still signed in. */
export interface ShownSession {
  readonly account: { readonly homeAccountId: string };
  /** Milliseconds since 1970. */
  readonly signedInAt: number;
}

interface Layout {
  readonly title: string;
  readonly signedIn?: boolean;
  /** For pages that show the user's data. */
  readonly session?: ShownSession;
  readonly content: Html;
}

/** A whole page. Style sheet and script go in unchanged, because their hashes are in the page's policy. */
export function layout(
  { prefix, appName, language: { tag, dir } }: View,
  { title, signedIn = false, session, content }: Layout,
): string {
  return html`<!doctype html>
<html lang="${tag}" dir="${dir}"${prefix && html` data-prefix="${prefix}"`}${session && html` data-session="${known(session)}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · ${appName}</title>
<link rel="icon" href="${ICON}">
<style>${new Html(STYLE)}</style>
${signedIn && html`<script>${new Html(SCRIPT)}</script>\n`}</head>
<body>
<main>
<p class="brand${signedIn && " on"}">${foreign(appName)}</p>
${content}
</main>
</body>
</html>
`.toString();
}

/** As `/auth/session` says it. */
function known({ account: { homeAccountId }, signedInAt }: ShownSession): string {
  return JSON.stringify({
    account: { homeAccountId },
    signedInAt: new Date(signedInAt).toISOString(),
  });
}
