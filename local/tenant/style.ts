import { html } from "./html.ts";

/** The one style sheet of the tenant's pages. */
export const style = html`<style>
:root {
  color-scheme: light dark;
  --ground: light-dark(#eef1f5, #14171c);
  --card: light-dark(#fff, #1d2229);
  --text: light-dark(#1b2430, #e6eaf0);
  --quiet: light-dark(#5b6675, #9aa5b4);
  --line: light-dark(#dde2e9, #2f3742);
  --hover: light-dark(#f3f6fa, #262d36);
  --accent: light-dark(#2a5bd7, #86a8ff);
  --on-accent: light-dark(#fff, #10141a);
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100dvh; padding: 1.5rem 1rem;
  display: grid; justify-items: center; align-content: center; gap: 1rem;
  background: var(--ground); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere;
}
main {
  width: 100%; max-width: 27rem; padding: clamp(1.25rem, 6vw, 2rem);
  background: var(--card); border: 1px solid var(--line); border-radius: 0.9rem;
}
main.wide { max-width: 46rem; }
h1 { margin: 0; font-size: 1.4rem; line-height: 1.25; }
h2 { margin: 1.75rem 0 0.5rem; font-size: 1rem; }
p { margin: 0.35rem 0 0; }
.quiet { color: var(--quiet); }
.label { margin: 0; font-size: 0.85rem; color: var(--quiet); text-align: center; }
ul { list-style: none; margin: 1.25rem 0 0; padding: 0; border-top: 1px solid var(--line); }
li { overflow-wrap: anywhere; }
li + li { border-top: 1px solid var(--line); }
li.row { padding: 0.7rem 0; display: flex; gap: 0.75rem; align-items: center; flex-wrap: wrap; }
li.row > span:not(.avatar) { flex: 1 1 12rem; }
small { display: block; color: var(--quiet); font-size: 0.85rem; }
button { font: inherit; cursor: pointer; color: inherit; }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
button.account {
  width: 100%; padding: 0.8rem 0.5rem; text-align: start;
  border: 0; border-radius: 0.4rem; background: none;
  display: flex; gap: 0.9rem; align-items: center;
}
button.account:hover, button.account:focus { background: var(--hover); }
.avatar {
  flex: none; width: 2.6rem; height: 2.6rem; border-radius: 50%;
  display: grid; place-items: center; font-weight: 600; font-size: 0.95rem;
  background: oklch(0.9 0.06 var(--hue)); color: oklch(0.35 0.1 var(--hue));
}
.accent { color: var(--accent); }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; margin-top: 1.5rem; }
.actions button, button.small {
  padding: 0.55rem 1.25rem; border-radius: 0.5rem;
  border: 1px solid var(--line); background: none;
}
button.small { padding: 0.3rem 0.8rem; font-size: 0.9rem; }
.actions button:hover, button.small:hover { background: var(--hover); }
.actions button.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
a { color: var(--accent); }
code { font-size: 0.85rem; overflow-wrap: anywhere; }
iframe { display: none; }
</style>`;
