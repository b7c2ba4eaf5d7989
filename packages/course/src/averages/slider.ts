/** The average of the noisy bell for a β that the reader moves: a drawing and a script that redraws one path. */
import { ewa, biasCorrected, effectiveWindow } from "./solution.ts";

const [width, height] = [640, 300];
const inside = { left: 44, right: 12, top: 12, bottom: 34 };
const [low, high] = [0, 3];
const across = (x: number): number => inside.left + (x / 10) * (width - inside.left - inside.right);
const up = (y: number): number =>
  height - inside.bottom - ((y - low) / (high - low)) * (height - inside.top - inside.bottom);

/** A path in the drawing's coordinates. The script below has the same lines. */
function path(x: readonly number[], y: readonly number[]): string {
  return x.map((xi, i) => `${i === 0 ? "M" : "L"}${across(xi).toFixed(1)},${up(y[i]).toFixed(1)}`).join("");
}

/** The control, the drawing as it is without a script at β = 0.9, and the script. */
export function slider(
  x: readonly number[],
  y: readonly number[],
): { readonly html: string; readonly script: string } {
  const beta = 0.9;
  const v = ewa(y, beta);
  const ticks = [0, 2, 4, 6, 8, 10].map(
    (at) => `<text x="${across(at)}" y="${height - 14}" text-anchor="middle">${at}</text>`,
  );
  const levels = [0, 1, 2, 3].map(
    (at) =>
      `<path d="M${inside.left},${up(at)}H${width - inside.right}" class="grid"/><text x="${inside.left - 8}" y="${up(at) + 5}" text-anchor="end">${at}</text>`,
  );
  const dots = x.map(
    (xi, i) => `<circle cx="${across(xi).toFixed(1)}" cy="${up(y[i]).toFixed(1)}" r="2.4"/>`,
  );
  const html = `<style>
.ewa svg { display: block; width: 100%; height: auto; max-width: 40rem; font: 14px system-ui, sans-serif; fill: var(--muted); }
.ewa .grid { stroke: var(--line); } .ewa circle { fill: var(--muted); opacity: .55; }
.ewa .plain, .ewa .right { fill: none; stroke-width: 2.4; } .ewa .plain { stroke: #c2571a; } .ewa .right { stroke: var(--link); stroke-dasharray: 7 4; }
.ewa .key { display: inline-block; width: 2rem; border-top: 3px solid #c2571a; vertical-align: middle; } .ewa .key.dashed { border-top: 3px dashed var(--link); }
</style>
<div class="ewa"><p><label for="ewa-beta">β = <output id="ewa-value" for="ewa-beta">0.90</output>, an average over about <span id="ewa-window">${effectiveWindow(beta).toFixed(1)}</span> values</label><br>
<input id="ewa-beta" type="range" min="0.5" max="0.99" step="0.01" value="0.9"></p>
<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="ewa-title"><title id="ewa-title">A noisy bell and its exponentially weighted average</title>
${levels.join("")}${ticks.join("")}${dots.join("")}
<path class="plain" id="ewa-plain" d="${path(x, v)}"/><path class="right" id="ewa-right" d="${path(x.slice(1), biasCorrected(v, beta).slice(1))}"/></svg>
<p><span class="key"></span> average, <span class="key dashed"></span> with bias correction, dots: the 100 values</p></div>`;
  const script = `(() => {
const x = ${JSON.stringify(x.map((one) => Number(one.toFixed(6))))};
const y = ${JSON.stringify(y.map((one) => Number(one.toFixed(6))))};
const slider = document.getElementById("ewa-beta");
const at = (i, value) => (i ? "L" : "M") + (${inside.left} + x[i] / 10 * ${width - inside.left - inside.right}).toFixed(1) + "," + (${height - inside.bottom} - (value - ${low}) / ${high - low} * ${height - inside.top - inside.bottom}).toFixed(1);
slider.addEventListener("input", () => {
  const beta = Number(slider.value);
  let v = 0, plain = at(0, 0), right = "";
  for (let t = 1; t < y.length; t++) {
    v = beta * v + (1 - beta) * y[t];
    plain += at(t, v);
    right += at(t, v / (1 - Math.pow(beta, t))).replace("L", right ? "L" : "M");
  }
  document.getElementById("ewa-plain").setAttribute("d", plain);
  document.getElementById("ewa-right").setAttribute("d", right);
  document.getElementById("ewa-value").textContent = beta.toFixed(2);
  document.getElementById("ewa-window").textContent = (1 / (1 - beta)).toFixed(1);
});
})();`;
  return { html, script };
}
