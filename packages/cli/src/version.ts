/** The version that is published; package.json lies above src and above dist alike. */
import { readFileSync } from "node:fs";
import { cacheFolder, describeMachine } from "chainrule/node";
import { chooseBuild, runsKernels } from "chainrule/wasm";

export const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** What trains when nothing else is asked for; threads come with --threads. */
function engine(): string {
  if (!runsKernels()) return "reference: JavaScript, no SIMD, 1 thread";
  const fused = chooseBuild() === "relaxed" ? "relaxed SIMD (fused multiply-add)" : "strict SIMD";
  return `wasm: WebAssembly with ${fused}, 1 thread of ${describeMachine().cores} unless --threads says more`;
}

/** The version, and what numbers are computed with and where downloads are kept. */
export function versionVerbose(): string {
  const { node, v8, platform, arch, cpu, cores } = describeMachine();
  return [
    version,
    `engine   ${engine()}`,
    `node     ${node}`,
    `v8       ${v8}`,
    `machine  ${platform} ${arch}, ${cores} cores, ${cpu}`,
    `cache    ${cacheFolder()}`,
  ].join("\n");
}
