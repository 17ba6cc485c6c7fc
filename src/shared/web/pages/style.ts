import { createHash } from "node:crypto";

/**
 * The one style sheet: light and dark, phone to desktop, no font and no image from anywhere. No `text-wrap: pretty`: WebKit
 * 2.50 crashes on some lines of it.
 */
export const STYLE = `
:root{color-scheme:light dark;--bg:#f6f5f2;--card:#fff;--ink:#1d2228;--soft:#5c6570;--line:#e2e0da;--accent:#3b4cca;--on:#fff;--good:#1d7a4c}
@media(prefers-color-scheme:dark){:root{--bg:#14161a;--card:#1d2026;--ink:#eceef1;--soft:#a0a8b3;--line:#30353d;--accent:#94a1ff;--on:#12141c;--good:#6fd3a0}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;grid-template-columns:minmax(0,34rem);place-content:center;padding:clamp(.5rem,4vw,1.5rem);overflow-wrap:break-word;background:var(--bg);color:var(--ink);font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
main{background:var(--card);border:1px solid var(--line);border-radius:1rem;padding:clamp(1rem,5vw,2.5rem)}
.brand{display:flex;align-items:center;gap:.5rem;margin:0 0 1.75rem;font-weight:600;font-size:.875rem;color:var(--soft)}
.brand::before{content:"";width:.75rem;height:.75rem;border-radius:50%;border:2px solid var(--soft)}
.brand.on::before{background:var(--good);border-color:var(--good)}
h1,.button{overflow-wrap:anywhere}
h1{margin:0 0 .5rem;font-size:1.625rem;line-height:1.25;letter-spacing:-.01em;text-wrap:balance}
p{margin:0 0 1rem}
.soft{color:var(--soft)}
.who{display:flex;flex-wrap:wrap;gap:1.25rem;align-items:center;margin-bottom:1.5rem}
.who img{width:5rem;height:5rem;border-radius:50%;object-fit:cover;background:var(--line);flex:none}
.who h1{margin:0}.who p{margin:0;overflow-wrap:anywhere}.who div{flex:1 1 10rem;min-width:0}
dl{display:grid;grid-template-columns:fit-content(40%) minmax(0,1fr);gap:.35rem 1.25rem;margin:0 0 1.75rem;padding:1rem 0;border-block:1px solid var(--line)}
dt{color:var(--soft);overflow-wrap:anywhere}dd{margin:0;overflow-wrap:anywhere}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}
.actions form{margin:0}
.button{display:inline-block;max-width:100%;text-align:center;padding:.65rem 1.25rem;border:1px solid var(--accent);border-radius:.6rem;background:var(--accent);color:var(--on);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.button.quiet{background:none;color:var(--accent)}.button.small{padding:.35rem .75rem;font-size:.875rem}
.button:hover{filter:brightness(1.08)}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
a{color:var(--accent)}
aside{margin-top:2rem;padding-top:1.25rem;border-top:1px solid var(--line);font-size:.9375rem}
aside h2{margin:0 0 .5rem;font-size:1rem}
.rows{list-style:none;margin:0 0 1.5rem;padding:0;border-bottom:1px solid var(--line)}.rows li{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:.5rem 1rem;margin:0;padding:.75rem 0;border-top:1px solid var(--line)}.rows div{min-width:0;overflow-wrap:anywhere}.rows form{margin:0}
.mark{padding:.05rem .5rem;border:1px solid var(--line);border-radius:1rem;font-size:.8125rem;white-space:nowrap}
ol{margin:0;padding-inline-start:1.25rem}li{margin:.35rem 0}
@media(max-width:22em){body{padding:0;hyphens:auto}main{border:0;border-radius:0;padding:1rem .75rem}dl{grid-template-columns:minmax(0,1fr)}dd{margin-bottom:.5rem}.who div{flex-basis:100%}.actions>*,.actions .button{width:100%}.button{padding-inline:.5rem}}
`;

/** Its source expression for a Content Security Policy (CSP Level 3 §2.3.1). */
export const STYLE_HASH = `sha256-${createHash("sha256").update(STYLE).digest("base64")}`;
