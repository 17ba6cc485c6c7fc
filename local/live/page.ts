import { Html, html } from "../tenant/html.ts";
import { STYLE } from "./style.ts";

/** The lists of each pane, with the words for an empty one. */
const PANES = {
  "The browser": {
    cookies: ["Cookies of Lightsout", "None: this browser is not signed in."],
  },
  "The functions": {
    events: ["Log", "Nothing has happened yet."],
    calls: ["Calls to Microsoft Graph", "None yet."],
  },
  "The table": {
    tokens: ["Tokens", "None. There is nothing to steal, and nothing to refresh."],
    index: ["Hashed keys, no tokens", "None."],
  },
  Elsewhere: {
    otherApp: ["Signed in to Fabrikam Travel", "Nobody."],
    tenant: ["Signed in at the tenant", "Nobody."],
  },
} as const;

/** The page. Its script fills in the lists. */
export function page(places: { name: string; url: string }[]): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Live · Lightsout</title>
<link rel="icon" href="data:,">
<style>${new Html(STYLE)}</style>
<script type="module" src="/live.js"></script>
</head>
<body>
<header>
<h1>Who holds what, live</h1>
<p id="summary" role="status">Looking…</p>
<nav aria-label="Places">${places.map(({ name, url }) => html`<a href="${url}" target="_blank">${name}</a>\n`)}</nav>
</header>
<main>
${Object.entries(PANES).map(([title, lists]) => html`<section>\n<h2>${title}</h2>\n${Object.entries(lists).map(list)}</section>\n`)}
</main>
</body>
</html>
`.toString();
}

function list([id, [title, empty]]: [id: string, texts: readonly [string, string]]): Html {
  return html`<h3 id="${id}-title">${title}</h3>
<ul id="${id}" aria-labelledby="${id}-title"></ul>
<p class="empty">${empty}</p>
`;
}
