/**
 * Draws the gallery: each figure as an SVG file, one page, and one picture of them all:
 * npx node --conditions=chainrule-source scripts/gallery.ts [folder]. With `--sheet` the picture also replaces
 * docs/figures.png. The page is there to be looked at, narrow and wide, light and dark (by `#dark` or the system's setting).
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sheet } from "chainrule/plots";
import sharp from "sharp";
import { png } from "../packages/cli/src/png.ts";
import { root } from "./command.ts";
import { gallery } from "./gallery/index.ts";

const [folder = join(root, "build/gallery")] = process.argv.slice(2).filter((word) => !word.startsWith("--"));

const figures: Record<string, string> = {};
for (const [name, draw] of Object.entries(gallery)) figures[name] = await draw();

mkdirSync(folder, { recursive: true });
for (const [name, svg] of Object.entries(figures)) writeFileSync(join(folder, `${name}.svg`), svg);
writeFileSync(
  join(folder, "index.html"),
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>Figures of Chainrule</title><style>
body{margin:0;padding:12px;background:#f3f4f6;color:#1b1f24;font-family:system-ui,sans-serif}
.dark body{background:#0d0f12;color:#e8eaed}
@media (prefers-color-scheme:dark){body{background:#0d0f12;color:#e8eaed}}
main{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,520px),1fr));gap:14px;align-items:start}
</style><script>if(location.hash==="#dark")document.documentElement.className="dark"</script>
<h1>Figures</h1><main>${Object.values(figures).join("")}</main></html>`,
);
const drawn = await png(sheet(Object.values(figures), { columns: 5, width: 290 }), 1);
// A palette of 256 colours is a third of the bytes, and looks the same.
const picture = await sharp(drawn).flatten().png({ palette: true, colours: 256, effort: 10 }).toBuffer();
writeFileSync(join(folder, "figures.png"), picture);
if (process.argv.includes("--sheet")) writeFileSync(join(root, "docs/figures.png"), picture);
const bytes = Object.entries(figures).map(([name, svg]) => `${name} ${(svg.length / 1024).toFixed(0)}`);
console.log(`${Object.keys(figures).length} figures in ${folder}; kB: ${bytes.join(", ")}`);
