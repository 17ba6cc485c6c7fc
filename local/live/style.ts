import { createHash } from "node:crypto";

export const STYLE = `
:root{color-scheme:light dark;--bg:light-dark(#f6f5f2,#14161a);--card:light-dark(#fff,#1d2026);--ink:light-dark(#1d2228,#eceef1);--soft:light-dark(#5c6570,#a0a8b3);--line:light-dark(#e2e0da,#30353d);--accent:light-dark(#3b4cca,#94a1ff);--good:light-dark(#1d7a4c,#6fd3a0);--glow:light-dark(#e3f3ea,#1b3a2b)}
*{box-sizing:border-box}
body{margin:0;padding:clamp(1rem,3vw,2.5rem);background:var(--bg);color:var(--ink);font:.9375rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main{max-width:90rem;margin-inline:auto}
h1{margin:0;font-size:.875rem;color:var(--soft)}
#summary{display:flex;align-items:center;gap:.5rem;margin:.4rem 0 .75rem -.35em;font-size:clamp(1.2rem,1rem + 1.4vw,1.75rem);font-weight:600;line-height:1.25;letter-spacing:-.01em}
#summary::before{content:"";flex:none;margin:.35em;width:1em;height:1em;border-radius:50%;border:.14em solid var(--soft)}
.lit #summary::before{background:var(--good);border-color:var(--good);box-shadow:0 0 0 .35em var(--glow)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-bottom:1.75rem}
a{color:var(--accent)}
:focus-visible{outline:3px solid var(--accent);outline-offset:3px}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),1fr));gap:1rem;align-items:start}
section{min-width:0;padding:1.25rem;background:var(--card);border:1px solid var(--line);border-radius:1rem}
h2{margin:0;font-size:1.0625rem}
h3{margin:1.1rem 0 .4rem;font-size:.8125rem;font-weight:500;color:var(--soft)}
ul{list-style:none;margin:0;padding:0}
li{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 .75rem;padding:.5rem 0;border-top:1px solid var(--line);overflow-wrap:anywhere}
li b{flex:1;font-weight:600}
li span{width:100%}
li span,time{font-size:.8125rem;color:var(--soft);font-variant-numeric:tabular-nums}
.empty{display:none;margin:0;padding:.5rem 0;border-top:1px solid var(--line);color:var(--soft)}
ul:empty+.empty{display:block}
#tokens li{margin-bottom:.4rem;padding:.7rem .8rem;border:1px solid var(--good);border-radius:.6rem;background:var(--glow)}
#tokens li span{color:var(--ink)}
@media(prefers-reduced-motion:no-preference){#summary::before{transition:.8s}.new{animation:come .5s}#tokens .gone{animation:go 1.4s forwards}#tokens:empty+.empty{animation:come .8s}}
@keyframes come{from{opacity:0;transform:translateY(-.3rem)}}
@keyframes go{30%{opacity:1;filter:none}to{opacity:0;filter:blur(6px) grayscale(1);transform:scale(.97)}}
`;

/** Its source expression for a Content Security Policy. */
export const STYLE_HASH = `sha256-${createHash("sha256").update(STYLE).digest("base64")}`;
