import { Html, html } from "../tenant/html.ts";
import type { Session } from "./sessions.ts";

const STYLE = new Html(`
:root {
  color-scheme: light dark;
  --ground: light-dark(#f2f6f6, #0e1717);
  --card: light-dark(#fff, #162221);
  --text: light-dark(#142726, #e6efee);
  --soft: light-dark(#51686a, #9bb0ae);
  --line: light-dark(#dbe6e5, #263836);
  --accent: light-dark(#0b6e6a, #5fd0c5);
  --on-accent: light-dark(#fff, #06201e);
}
* { box-sizing: border-box; margin: 0 }
body {
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Open Sans", sans-serif;
  background: var(--ground); color: var(--text);
  min-height: 100svh; display: grid; grid-template-rows: auto 1fr auto;
  padding: clamp(1.25rem, 5vw, 3rem); gap: clamp(2rem, 8vh, 5rem);
}
header, main, footer { width: 100%; max-width: 34rem; margin-inline: auto }
header { display: flex; align-items: center; gap: .6rem; font-weight: 650 }
header svg { width: 1.75rem; color: var(--accent) }
h1 { font-size: clamp(1.7rem, 1.2rem + 2.4vw, 2.4rem); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance }
h1 + p { color: var(--soft); margin-block: .6rem 1.75rem }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 1rem; padding: clamp(1.1rem, 4vw, 1.6rem) }
.who { display: flex; align-items: center; gap: .9rem; margin-bottom: 1.25rem; overflow-wrap: anywhere }
.who span:first-child {
  flex: none; width: 2.9rem; height: 2.9rem; border-radius: 50%; display: grid; place-items: center;
  background: var(--accent); color: var(--on-accent); font-weight: 650;
}
.who small { display: block; color: var(--soft); font-size: .9rem }
.button {
  display: block; width: 100%; padding: .8rem 1rem; border: 0; border-radius: .6rem; text-align: center;
  font: inherit; font-weight: 600; text-decoration: none; cursor: pointer;
  background: var(--accent); color: var(--on-accent);
}
.button:hover { filter: brightness(1.08) }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px }
.card p { color: var(--soft); font-size: .92rem; margin-top: .9rem }
.notice { border-left: 3px solid var(--accent); padding: .15rem 0 .15rem .9rem; margin-bottom: 1.5rem }
a { color: var(--accent) }
footer { color: var(--soft); font-size: .9rem }
`);

const LOGO = new Html(
  `<svg viewBox="0 0 24 24" fill="currentColor" aria-hidden="true"><path d="M12 2C7.6 2 4 5.5 4 9.9 4 15.6 12 22 12 22s8-6.4 8-12.1C20 5.5 16.4 2 12 2Zm0 11a3.2 3.2 0 1 1 0-6.4 3.2 3.2 0 0 1 0 6.4Z"/></svg>`,
);

/** The only page: who is signed in, and the way in or out. */
export function page(options: {
  session: Session | undefined;
  lightsoutUrl: string;
  signedOut: boolean;
}): string {
  const { session, lightsoutUrl, signedOut } = options;
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fabrikam Travel</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<header>${LOGO}Fabrikam Travel</header>
<main>
${signedOut && !session && notice(lightsoutUrl)}
${session ? signedIn(session) : signInCard()}
</main>
<footer>Another app of the same organization. <a href="${lightsoutUrl}">Go to Lightsout</a></footer>
</html>
`.toString();
}

function notice(lightsoutUrl: string): Html {
  return html`<p class="notice" role="status">You are signed out everywhere. <a href="${lightsoutUrl}">See for yourself in Lightsout.</a></p>`;
}

function signInCard(): Html {
  return html`<h1>Where to next?</h1>
<p>Book your business trips with the account you already have at work.</p>
<div class="card">
<a class="button" href="/sign-in">Sign in</a>
<p>Signed in to another app in this browser? Then this takes no password.</p>
</div>`;
}

function signedIn({ name, username }: Session): Html {
  const [first = name] = name.split(" ");
  return html`<h1>Good to see you, ${first}.</h1>
<p>Your next trip: Lisbon, two nights, window seat.</p>
<div class="card">
<div class="who"><span aria-hidden="true">${initials(name)}</span><span>${name}<small>${username}</small></span></div>
<form method="post" action="/sign-out"><button class="button">Sign out everywhere</button></form>
<p>Ends this sign-in in all apps of this browser, Lightsout included.</p>
</div>`;
}

function initials(name: string): string {
  return name
    .split(" ")
    .map(([letter]) => letter)
    .slice(0, 2)
    .join("");
}
