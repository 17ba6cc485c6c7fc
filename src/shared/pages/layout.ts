import { Html, html } from "./html.ts";
import { STYLE } from "./style.ts";

export interface Layout {
  readonly title: string;
  readonly signedIn?: boolean;
  readonly content: Html;
}

/** A whole page. The style sheet is put in as it is: its hash is in the page's policy. */
export function layout({ title, signedIn = false, content }: Layout): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Lightsout</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<main>
<p class="brand${signedIn && " on"}">Lightsout</p>
${content}
</main>
</body>
</html>
`.toString();
}
