/** The memory question as a form: the page's script is `memoryOf` itself, its text taken from the function. */
import { memoryOf } from "./solution.ts";

const first = { sizes: [784, 300, 300, 300, 300, 10], batch: 100, bytes: 4 };

const shown = (bytes: number): string =>
  bytes < 10_000
    ? `${bytes} B`
    : bytes < 1e7
      ? `${(bytes / 1000).toFixed(1)} kB`
      : `${(bytes / 1e6).toFixed(1)} MB`;

export function calculator(): { readonly html: string; readonly script: string } {
  const { sizes, batch, bytes } = first;
  const plain = memoryOf(sizes, batch, { bytes });
  const rows = (["parameters", "gradients", "activations", "total"] as const).map(
    (name) =>
      `<tr><th scope="row">${name}</th><td class="number" id="memory-${name}-plain">${shown(plain[name])}</td>` +
      `<td class="number" id="memory-${name}">${shown(memoryOf(sizes, batch, { bytes, every: 2 })[name])}</td></tr>`,
  );
  const html = `<style>
.memory label { display: inline-block; margin: 0 1rem .5rem 0; } .memory input, .memory select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--muted); border-radius: 4px; padding: .3rem .4rem; max-width: 100%; }
</style>
<div class="memory"><p>
<label>Layer sizes<br><input id="memory-sizes" value="${sizes.join("-")}" size="26" inputmode="text" autocomplete="off" spellcheck="false"></label>
<label>Batch<br><input id="memory-batch" type="number" min="1" value="${batch}" size="6"></label>
<label>Number<br><select id="memory-bytes"><option value="2">2 bytes (half)</option><option value="4" selected>4 bytes (float32)</option><option value="8">8 bytes (float64)</option></select></label>
<label>Keep every k-th input, k =<br><input id="memory-every" type="number" min="1" value="2" size="4"></label></p>
<p id="memory-message" role="status"></p>
<div class="scroll" tabindex="0" role="region" aria-label="Memory"><table><caption>What training holds at once</caption>
<thead><tr><th scope="col"></th><th scope="col">without checkpoints</th><th scope="col">with checkpoints</th></tr></thead><tbody>${rows.join("")}</tbody></table></div></div>`;
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
  return { html, script };
}

/** A declaration of memoryOf that runs in a page. */
export function scriptOf(): string {
  return `const memoryOf = ${memoryOf.toString()};`;
}
