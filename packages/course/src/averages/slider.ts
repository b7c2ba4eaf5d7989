/** The average of the noisy bell for a β that the reader moves: a drawing and a script that redraws one path. */
import { html } from "chainrule/report";
import type { Html } from "chainrule/report";
import { biasCorrected, effectiveWindow, ewa } from "./solution.ts";

const [width, height] = [640, 300];
const inside = { left: 44, right: 12, top: 12, bottom: 34 };
const [low, high] = [0, 3];
const across = (x: number): number => inside.left + (x / 10) * (width - inside.left - inside.right);
const up = (y: number): number =>
  height - inside.bottom - ((y - low) / (high - low)) * (height - inside.top - inside.bottom);

/** A path in the drawing's coordinates. The script below does the same. */
function path(x: readonly number[], y: readonly number[]): string {
  return x.map((xi, i) => `${i === 0 ? "M" : "L"}${across(xi).toFixed(1)},${up(y[i]).toFixed(1)}`).join("");
}

/** The control, the drawing as it is without a script at β = 0.9, and the script, which calls the same functions. */
export function slider(
  x: readonly number[],
  y: readonly number[],
): { readonly html: Html; readonly script: string } {
  const beta = 0.9;
  const v = ewa(y, beta);
  const levels = [0, 1, 2, 3].map(
    (at) =>
      html`<path d="M${inside.left},${up(at)}H${width - inside.right}" stroke="var(--rule)" /><text x="${inside.left - 8}" y="${up(at) + 5}" text-anchor="end">${at}</text>`,
  );
  const ticks = [0, 2, 4, 6, 8, 10].map(
    (at) => html`<text x="${across(at)}" y="${height - 14}" text-anchor="middle">${at}</text>`,
  );
  const dots = x.map(
    (xi, i) =>
      html`<circle cx="${across(xi).toFixed(1)}" cy="${up(y[i]).toFixed(1)}" r="2.4" fill-opacity="0.55" />`,
  );
  const lines = (dashes: string, colour: string, id: string, d: string): Html =>
    html`<path id="${id}" d="${d}" fill="none" stroke="${colour}" stroke-width="2.4" stroke-dasharray="${dashes}" />`;
  const key = (dashes: string, colour: string): Html =>
    html`<svg viewBox="0 0 32 8" width="32" height="8" aria-hidden="true"><path d="M0,4H32" stroke="${colour}" stroke-width="3" stroke-dasharray="${dashes}" /></svg>`;
  const [plain, right] = [
    ["", "var(--alarm)"],
    ["7 4", "var(--accent)"],
  ] as const;
  return {
    html: html`<figure>
      <p>
        <label for="ewa-beta">β = <output id="ewa-value" for="ewa-beta">${beta.toFixed(2)}</output>, an average over about
          <span id="ewa-window">${effectiveWindow(beta).toFixed(1)}</span> values</label><br />
        <input id="ewa-beta" type="range" min="0.5" max="0.99" step="0.01" value="${beta}" />
      </p>
      <svg viewBox="0 0 ${width} ${height}" width="100%" role="img" aria-labelledby="ewa-title" fill="var(--muted)" font-size="14">
        <title id="ewa-title">A noisy bell and its exponentially weighted average</title>
        ${levels}${ticks}${dots}${lines(...plain, "ewa-plain", path(x, v))}${lines(...right, "ewa-right", path(x.slice(1), biasCorrected(v, beta).slice(1)))}
      </svg>
      <figcaption>
        ${key(...plain)} average, ${key(...right)} with bias correction; dots: the 100 values.
      </figcaption>
    </figure>`,
    script: scriptOf(x, y),
  };
}

/** What runs in the page: the solution's functions by their own text, and a listener. */
export function scriptOf(x: readonly number[], y: readonly number[]): string {
  return `(() => {
const ewa = ${ewa.toString()};
const biasCorrected = ${biasCorrected.toString()};
const effectiveWindow = ${effectiveWindow.toString()};
const x = ${JSON.stringify(x)};
const y = ${JSON.stringify(y)};
const field = (name) => document.getElementById("ewa-" + name);
const across = (value) => ${inside.left} + value / 10 * ${width - inside.left - inside.right};
const up = (value) => ${height - inside.bottom} - (value - ${low}) / ${high - low} * ${height - inside.top - inside.bottom};
const path = (values, from) => values.slice(from).map((value, i) => (i ? "L" : "M") + across(x[from + i]).toFixed(1) + "," + up(value).toFixed(1)).join("");
field("beta").addEventListener("input", () => {
  const beta = Number(field("beta").value);
  const v = ewa(y, beta);
  field("plain").setAttribute("d", path(v, 0));
  field("right").setAttribute("d", path(biasCorrected(v, beta), 1));
  field("value").textContent = beta.toFixed(2);
  field("window").textContent = effectiveWindow(beta).toFixed(1);
});
})();`;
}
