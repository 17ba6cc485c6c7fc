import type { AppRegistration, TenantUser } from "./directory.ts";
import type { errorBody } from "./errors.ts";
import { type Html, html } from "./html.ts";
import { names, type Scopes } from "./scopes.ts";
import { style } from "./style.ts";

// Front-channel calls get this long (seconds) before the sign-out page goes on without them.
const FRAMES_TIMEOUT = 5;

interface Account {
  user: TenantUser;
  value: string;
  signedIn: boolean;
  selected: boolean;
}

/** One button for each account. The form also carries the request. Works without scripts. */
export function accountPicker(view: {
  title: string;
  lead: string;
  action: string;
  fields: Record<string, string>;
  accounts: Account[];
}): Html {
  const accounts = view.accounts.toSorted((a, b) => Number(b.selected) - Number(a.selected));
  return layout(
    view.title,
    html`<h1>${view.title}</h1>
<p class="quiet">${view.lead}</p>
<form method="post" action="${view.action}">
${hidden(view.fields)}
<ul>
${accounts.map(
  (
    { user, value, signedIn },
    index,
  ) => html`<li><button class="account" name="account" value="${value}"${index === 0 && html` autofocus`}>
${avatar(user)}
<span>${user.name}<small>${user.username}</small>${signedIn && html`<small class="accent">Signed in</small>`}</span>
</button></li>
`,
)}</ul>
</form>`,
  );
}

export function consent(view: {
  app: AppRegistration;
  user: TenantUser;
  scopes: Scopes[];
  action: string;
  fields: Record<string, string>;
}): Html {
  return layout(
    "Permissions requested",
    html`<h1>Permissions requested</h1>
<p class="quiet">${view.app.displayName} asks ${view.user.username} for:</p>
<ul>
${view.scopes.flatMap(names).map((name) => html`<li class="row"><span>${name}</span></li>\n`)}
<li class="row"><span>Sign you in and read your profile</span></li>
</ul>
<form method="post" action="${view.action}">
${hidden(view.fields)}
<div class="actions">
<button class="primary" name="decision" value="accept" autofocus>Accept</button>
<button name="decision" value="cancel">Cancel</button>
</div>
</form>`,
  );
}

/** OAuth 2.0 Form Post Response Mode. */
export function formPost(action: string, fields: Record<string, string>): Html {
  return layout(
    "Signing in",
    html`<h1>Signing in…</h1>
<form method="post" action="${action}">
${hidden(fields)}
<div class="actions"><button class="primary">Continue</button></div>
</form>
<script>document.forms[0].submit()</script>`,
  );
}

/**
 * Calls the apps' front-channel logout URLs in hidden frames, and goes on to `target` as soon as they have loaded,
 * whatever their status, or after {@link FRAMES_TIMEOUT}: nobody calls again.
 */
export function signedOut({
  frames,
  target,
}: {
  frames: string[];
  target: string | undefined;
}): Html {
  const title = "You signed out of your account";
  if (target === undefined) {
    return layout(
      title,
      html`<h1>${title}</h1>
<p class="quiet">It's a good idea to close all browser windows.</p>
${frames.map((url) => html`<iframe src="${url}"></iframe>\n`)}`,
    );
  }
  const seconds = frames.length > 0 ? FRAMES_TIMEOUT : 0;
  return layout(
    title,
    html`<h1>${title}</h1>
<p><a href="${target}">Back to the application</a></p>
${frames.map((url) => html`<iframe src="${url}" onload="loaded()"></iframe>\n`)}`,
    html`<meta http-equiv="refresh" content="${seconds};url=${target}">
<script>
let waiting = ${frames.length};
const goOn = () => location.replace(document.querySelector("a").href);
const loaded = () => --waiting || goOn();
// Chromium counts the time of a refresh from when the last frame has loaded.
if (waiting) setTimeout(goOn, ${seconds * 1_000});
</script>`,
  );
}

export function errorPage(error: ReturnType<typeof errorBody>): Html {
  const [message = ""] = error.error_description.split(" Trace ID:");
  return layout(
    "Sorry, we're having trouble signing you in",
    html`<h1>Sorry, we're having trouble signing you in</h1>
<p>${message}</p>
<ul>
<li class="row"><span>Correlation ID<small>${error.correlation_id}</small></span></li>
<li class="row"><span>Timestamp<small>${error.timestamp}</small></span></li>
</ul>`,
  );
}

export function layout(title: string, body: Html, head: Html | false = false, wide = false): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} – Lightsout dev tenant</title>
${style}
${head}
</head>
<body>
<main${wide && html` class="wide"`}>
${body}
</main>
<footer class="label">Lightsout dev tenant – not Microsoft</footer>
</body>
</html>
`;
}

export function hidden(fields: Record<string, string>): Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">\n`,
  );
}

export function avatar({ name, oid }: TenantUser): Html {
  const initials = name.replace(/(\w)\w*\s*/g, "$1").slice(0, 2);
  const hue = Number.parseInt(oid.slice(-4), 16) % 360;
  return html`<span class="avatar" style="--hue: ${hue}" aria-hidden="true">${initials}</span>`;
}
