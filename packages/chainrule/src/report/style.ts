/**
 * The style sheet of pages: one line length for text, figures in columns if there is room, and the light and dark theme
 * of figures.
 */
import { shade } from "../plots/theme.ts";

/** The colours of a theme. Figures and pages share their colours, so that figures have no visible edges. */
function colours(theme: "light" | "dark"): string {
  const own = {
    light: { panel: "#f4f6f8", rule: "#d5dae0", accent: "#005f96", warning: "#fff4e5" },
    dark: { panel: "#1f2229", rule: "#3a404a", accent: "#6fc1ee", warning: "#33270f" },
  }[theme];
  const shared = { paper: shade("paper"), ink: shade("ink"), muted: shade("muted"), alarm: shade("wrong") };
  return [
    ...Object.entries(own).map(([name, colour]) => `--${name}:${colour}`),
    ...Object.entries(shared).map(([name, colour]) => `--${name}:${colour[theme]}`),
  ].join(";");
}

const sheet = `
*,*::before,*::after{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0 auto;padding:clamp(1rem,4vw,3rem) clamp(1rem,4vw,2.5rem);max-width:76rem;background:var(--paper);color:var(--ink);
font:1.0625rem/1.6 system-ui,-apple-system,"Segoe UI","Noto Sans","DejaVu Sans",sans-serif;overflow-wrap:break-word}
.skip{position:absolute;left:-100rem;padding:.75rem 1rem;background:var(--paper);color:var(--accent)}
.skip:focus{left:1rem;top:1rem;z-index:1}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
main:focus{outline:none}
header{margin-bottom:1.75rem}
h1{margin:0 0 .5rem;font-size:clamp(1.7rem,1.2rem + 2.2vw,2.6rem);line-height:1.15;letter-spacing:-.02em;text-wrap:balance}
h2{margin:0 0 1rem;font-size:clamp(1.3rem,1.1rem + .8vw,1.6rem);line-height:1.25;letter-spacing:-.01em}
h3{margin:0 0 .75rem;font-size:1.1rem;line-height:1.3}
p,ul,ol{max-width:44rem;margin:0 0 1rem}
ul,ol{padding-left:1.4rem}
li{margin-bottom:.35rem}
a{color:var(--accent);text-underline-offset:.15em}
.kicker{margin-bottom:.35rem;color:var(--muted);font-size:.95rem}
.lead{font-size:1.15rem;line-height:1.5}
nav{margin:0 0 1.75rem;border-block:1px solid var(--rule)}
nav ul{display:flex;flex-wrap:wrap;max-width:none;margin:0;padding:0;list-style:none}
nav li{margin:0}
nav a{display:block;padding:.65rem 1.5rem .65rem 0;text-decoration:none}
nav a:hover{text-decoration:underline}
.site{margin-bottom:2rem;border-top:0;font-size:.95rem}
.site span{display:block;padding:.65rem 1.5rem .65rem 0;font-weight:650}
input[type=range]{width:min(100%,24rem);min-height:2.75rem}
input:not([type=range]),select{min-height:2.75rem;max-width:100%;padding:.3rem .6rem;border:1px solid var(--muted);border-radius:.3rem;background:var(--paper);color:inherit;font:inherit}
section{margin-top:2.75rem;padding-top:1.75rem;border-top:1px solid var(--rule)}
section.sub{margin-top:1.75rem;padding-top:0;border-top:0}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,25rem),1fr));gap:1.75rem 2.5rem;align-items:start}
.columns>div{min-width:0}
.columns>div>ul:first-child,.columns>div>.scroll:first-child{margin-top:.7rem}
figure{margin:0 0 1.5rem;max-width:40rem}
.columns figure{margin-bottom:0}
figure>.chainrule-plot{width:105%;max-width:42rem;margin-inline:-2.5%}
figcaption{margin-top:.5rem}
figcaption p,figcaption ul{margin:0 0 .5rem}
.key{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,9.5rem),1fr));gap:1rem;margin:0 0 1.75rem}
.key>div{padding:.85rem 1rem;background:var(--panel);border-radius:.5rem}
.key dt,.key .detail{color:var(--muted);font-size:.9rem;line-height:1.4}
.key .value{margin:.1rem 0 0;font-size:1.6rem;font-weight:650;line-height:1.25;letter-spacing:-.01em;font-variant-numeric:tabular-nums}
.key .detail{margin:.1rem 0 0}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,25rem),1fr));gap:0 2.5rem;margin:0 0 1.5rem}
.facts>div{display:grid;grid-template-columns:9.5rem 1fr;gap:.75rem;padding:.4rem 0;border-bottom:1px solid var(--rule)}
.facts dt{color:var(--muted)}
.facts dd{margin:0;min-width:0;overflow-wrap:anywhere}
.note{max-width:48rem;margin:0 0 1.5rem;padding:.85rem 1.1rem;border-left:.3rem solid var(--accent);background:var(--panel);border-radius:0 .4rem .4rem 0}
.note p{margin:0}
.note.warning{border-color:var(--alarm);background:var(--warning)}
/* What is wider than the page scrolls, with a shadow at each side that hides more: the covers move with the content, the shadows stay, a pixel shorter so that they do not show. */
.scroll,.formula{--behind:var(--paper)}
pre{--behind:var(--panel)}
.formula,pre,.scroll{overflow:auto;background:linear-gradient(to right,var(--behind) 40%,transparent) left/2.5rem 100% no-repeat local,
linear-gradient(to left,var(--behind) 40%,transparent) right/2.5rem 100% no-repeat local,
linear-gradient(to right,var(--muted),transparent) left top/.75rem calc(100% - 1px) no-repeat scroll,
linear-gradient(to left,var(--muted),transparent) right top/.75rem calc(100% - 1px) no-repeat scroll,var(--behind)}
.scroll{margin:0 0 1.25rem;container-type:inline-size}
details .scroll{max-height:26rem}
table{border-collapse:collapse;font-size:.95rem;line-height:1.4;font-variant-numeric:tabular-nums}
/* As wide as the box, not as the table, and in its place when the table is scrolled. */
caption{position:sticky;left:0;min-width:min(100cqi,18rem);max-width:100cqi;padding:0 0 .5rem;text-align:left;color:var(--muted)}
th,td{padding:.4rem .75rem;border-bottom:1px solid var(--rule);text-align:left;vertical-align:top}
thead th{position:sticky;top:0;background:var(--paper);vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:500}
tbody th:not(.number){min-width:7.5rem}
th:first-child,td:first-child{padding-left:0}
.number{text-align:right;white-space:nowrap}
.whole{white-space:nowrap}
details{margin:0 0 .75rem}
/* 2.75rem are 44 pixels and more, which a thumb finds. */
summary{display:flow-root list-item;width:fit-content;min-height:2.75rem;padding:.6rem .5rem .6rem 0;color:var(--accent);cursor:pointer}
code,pre{font-family:ui-monospace,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
figure.code{max-width:none}
figure.code figcaption{margin:0 0 .4rem;color:var(--muted)}
pre{margin:0;padding:.9rem 1.1rem;border-radius:.4rem;line-height:1.5}
math{font-family:"STIX Two Math","Cambria Math","Latin Modern Math","Libertinus Math","DejaVu Math TeX Gyre",math;font-size:1.05em}
.formula{width:fit-content;min-width:min(44rem,100%);max-width:100%;margin:0 0 1rem;padding:.35rem 0}
.formula math{font-size:1.1em}
/* Chromium ignores columnalign. */
mtable[columnalign^=right] mtd:nth-child(odd){text-align:right}
mtable[columnalign^=right] mtd:nth-child(even){text-align:left}
/* On a wide page the contents stay in view beside the text. */
@media screen and (min-width:70rem){
body:has(>.contents){display:grid;grid-template-columns:13rem minmax(0,1fr);column-gap:2.5rem;align-items:start;max-width:84rem}
body:has(>.contents)>:is(.site,header,footer){grid-column:1/-1}
.contents{position:sticky;top:1rem;max-height:calc(100vh - 2rem);overflow:auto;border:0;font-size:.95rem;line-height:1.4}
.contents ul{display:block}
.contents a{padding:.45rem .5rem .45rem 0}
.contents+main>section:first-of-type{margin-top:0;padding-top:.3rem;border-top:0}
}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--rule);color:var(--muted);font-size:.9rem}
@media (max-width:30rem){.facts>div{grid-template-columns:8rem 1fr}.facts>div:has(input,select){grid-template-columns:1fr}.key{grid-template-columns:1fr 1fr;gap:.6rem}.key>div{padding:.7rem .8rem}.key .value{font-size:1.35rem}table{font-size:.85rem}th,td{padding:.3rem}thead th{white-space:normal}}
@page{margin:16mm 15mm}
@media print{
html{font-size:10pt}
body{max-width:none;padding:0;font-size:1rem;line-height:1.45}
.skip,nav,details:not([open]){display:none}
h1{font-size:20pt}h2{font-size:14pt}.lead{font-size:11pt}
h1,h2,h3{break-after:avoid}
section{margin-top:7mm;padding-top:4mm}
figure,.key,.note,.facts>div,tr{break-inside:avoid}
figure{max-width:110mm}
.columns{grid-template-columns:1fr 1fr;gap:5mm 8mm}
.columns figure{max-width:none}
.key{grid-template-columns:repeat(auto-fit,minmax(34mm,1fr));gap:3mm}
.key>div,.note,pre{border:1px solid var(--rule)}
.key .value{font-size:14pt}
.scroll,.formula{overflow:visible;max-height:none;background:none}
pre{white-space:pre-wrap}
a{color:inherit;text-decoration:none}
}
`;

export const pageStyle =
  `:root{${colours("light")}}@media screen and (prefers-color-scheme:dark){:root{${colours("dark")}}}` +
  sheet.replace(/\n/g, "");
