/** The memory question as a form: the page's script is `memoryOf` itself, its text taken from the function. */
import { html } from "chainrule/report";
import type { Html } from "chainrule/report";
import { memoryOf } from "./solution.ts";

const first = { sizes: [784, 300, 300, 300, 300, 10], batch: 100, bytes: 4 };

const shown = (bytes: number): string =>
  bytes < 10_000
    ? `${bytes} B`
    : bytes < 1e7
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;

export function calculator(): { readonly html: Html; readonly script: string } {
  const { sizes, batch, bytes } = first;
  const plain = memoryOf(sizes, batch, { bytes });
  const rows = (["parameters", "gradients", "activations", "total"] as const).map(
    (name) =>
      html`<tr>
        <th scope="row">${name}</th>
        <td class="number" id="memory-${name}-plain">${shown(plain[name])}</td>
        <td class="number" id="memory-${name}">${shown(memoryOf(sizes, batch, { bytes, every: 2 })[name])}</td>
      </tr>`,
  );
  const field = (label: string, control: Html): Html => html`<div><dt>${label}</dt><dd>${control}</dd></div>`;
  const form = html`<dl class="facts">
      ${field("Layer sizes", html`<input id="memory-sizes" aria-label="Layer sizes" value="${sizes.join("-")}" size="24" autocomplete="off" spellcheck="false" />`)}
      ${field("Batch", html`<input id="memory-batch" aria-label="Batch" type="number" min="1" value="${batch}" size="6" />`)}
      ${field(
        "A number takes",
        html`<select id="memory-bytes" aria-label="Bytes of a number">
          <option value="2">2 bytes (half)</option>
          <option value="4" selected="selected">4 bytes (float32)</option>
          <option value="8">8 bytes (float64)</option>
        </select>`,
      )}
      ${field("Every k-th input kept, k =", html`<input id="memory-every" aria-label="Every k-th input kept" type="number" min="1" value="2" size="4" />`)}
    </dl>
    <p id="memory-message" role="status"></p>
    <div class="scroll" tabindex="0" role="region" aria-label="Memory">
      <table>
        <caption>What training holds at once</caption>
        <thead>
          <tr>
            <th scope="col">bytes of</th>
            <th scope="col">without checkpoints</th>
            <th scope="col">with checkpoints</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>`;
  const script = `(() => {
${scriptOf()}
const shown = (bytes) => bytes < 10000 ? bytes + " B" : bytes < 1e7 ? (bytes / 1000).toFixed(1) + " kB" : (bytes / 1e6).toFixed(1) + " MB";
const field = (name) => document.getElementById("memory-" + name);
const update = () => {
  const sizes = field("sizes").value.split("-").map(Number);
  const [batch, bytes, every] = ["batch", "bytes", "every"].map((name) => Number(field(name).value));
  const whole = (n) => Number.isInteger(n) && n > 0;
  const fine = sizes.length > 1 && sizes.every(whole) && whole(batch) && whole(every);
  field("message").textContent = fine ? "" : "Sizes are whole numbers with - between them, as 784-300-10; batch and k are whole numbers from 1 on.";
  if (!fine) return;
  const [plain, kept] = [memoryOf(sizes, batch, { bytes }), memoryOf(sizes, batch, { bytes, every })];
  for (const name of ["parameters", "gradients", "activations", "total"]) {
    field(name + "-plain").textContent = shown(plain[name]);
    field(name).textContent = shown(kept[name]);
  }
};
for (const name of ["sizes", "batch", "bytes", "every"]) field(name).addEventListener("input", update);
})();`;
  return { html: form, script };
}

/** A declaration of memoryOf that runs in a page. */
export function scriptOf(): string {
  return `const memoryOf = ${memoryOf.toString()};`;
}
