/** The look of the course's pages: one column on a phone, light and dark by the system, quiet on paper. */
export const styleSheet = `
:root { --paper: #ffffff; --ink: #1b1f24; --muted: #59636e; --line: #dde1e6; --soft: #f4f6f8; --link: #005a8c; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #16181d; --ink: #e8eaed; --muted: #a3abb6; --line: #363b44; --soft: #1f2229; --link: #7cc4f0; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: break-word; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: .75rem 1rem; border-bottom: 1px solid var(--line); background: var(--soft); }
main { max-width: 68rem; margin: 0 auto; padding: 0 1rem 4rem; }
h1 { font-size: 1.8rem; line-height: 1.2; margin: 1.5rem 0 .25rem; }
h2 { font-size: 1.35rem; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.1rem; margin: 1.75rem 0 .25rem; }
h4, h5, h6 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p, ul, ol { max-width: 46rem; }
.lead { color: var(--muted); font-size: 1.1rem; margin-top: 0; }
a { color: var(--link); }
code { font: .88em ui-monospace, monospace; background: var(--soft); padding: .1em .25em; border-radius: 3px; }
pre { overflow-x: auto; background: var(--soft); padding: .75rem 1rem; border-radius: 6px; line-height: 1.4; }
pre code { background: none; padding: 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: 1.25rem; margin: 1rem 0; align-items: start; }
figure { margin: 0; min-width: 0; }
figure svg { display: block; width: 100%; height: auto; max-width: 40rem; }
figcaption { color: var(--muted); font-size: .9rem; margin-top: .25rem; max-width: 40rem; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .92rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: .25rem; }
th, td { padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
.number { text-align: right; white-space: nowrap; }
.note { border-left: 4px solid var(--muted); padding: .4rem .8rem; background: var(--soft); }
details { margin: .5rem 0; }
summary { cursor: pointer; color: var(--link); }
input[type=range] { width: min(100%, 24rem); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media print { nav, .contents { display: none; } h2 { break-after: avoid; } figure, table { break-inside: avoid; } }
`;
