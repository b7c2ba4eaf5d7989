/** Several figures side by side in one drawing. */
import { requireCount } from "../tensor/check.ts";
import { ValueError } from "../tensor/errors.ts";
import { element } from "./svg.ts";
import { list } from "./text.ts";
import { filled, styleSheet } from "./theme.ts";

const gap = 12;

/**
 * Several figures as one, in columns. Each figure goes below the shortest column so far, scaled to the column's width.
 * @throws ValueError for a text that is not a figure of `chainrule/plots`
 * @example
 * const one = bar({ title: "Runs", value: { label: "loss" }, labels: [], series: [] });
 * sheet([one, one], { columns: 2 }).includes('viewBox="0 0 836'); // true
 */
export function sheet(
  figures: readonly string[],
  { columns = 2, width = 400 }: { readonly columns?: number; readonly width?: number } = {},
): string {
  requireCount("sheet", "columns", columns);
  const used = Math.max(1, Math.min(columns, figures.length));
  const ends: number[] = Array.from({ length: used }, () => gap);
  const titles: string[] = [];
  const parts = figures.map((svg, i) => {
    const found = /^<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>/.exec(svg);
    if (!found) throw new ValueError("sheet", `figure ${i} is not a figure of chainrule/plots`);
    titles.push(/<title>(.*?)<\/title>/.exec(svg)?.[1] ?? "");
    const [own, height] = [Number(found[1]), Number(found[2])];
    const column = ends.indexOf(Math.min(...ends));
    const [x, y] = [gap + column * (width + gap), ends[column]];
    ends[column] += (height * width) / own + gap;
    const open = `<svg x="${x}" y="${y.toFixed(1)}" width="${width}" height="${((height * width) / own).toFixed(1)}"`;
    const inside = svg.slice(found[0].length).trimEnd();
    const kind = /class="([^"]*)"/.exec(found[0])?.[1] ?? "";
    return `${open} viewBox="0 0 ${own} ${height}" class="${kind}" role="img" font-family="system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif">${inside}`;
  });
  const total = gap + used * (width + gap);
  const height = Math.ceil(Math.max(...ends));
  const background = element("rect", { ...filled("paper"), width: total, height });
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: "chainrule-plot chainrule-sheet",
      role: "img",
      width: total,
      height,
      viewBox: `0 0 ${total} ${height}`,
    },
    // Titles come from figures, so they are already escaped.
    `<title>${figures.length === 1 ? titles[0] : `${figures.length} figures`}</title>`,
    `<desc>${list(titles, 40)}</desc>`,
    element("style", {}, styleSheet("")),
    background,
    ...parts,
  )}\n`;
}
