/** The version that is published; package.json lies above src and above dist alike. */
import { readFileSync } from "node:fs";
import { cacheFolder, describeMachine } from "chainrule/node";

export const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/** The version, and what numbers are computed with and where downloads are kept. */
export function versionVerbose(): string {
  const { node, v8, platform, arch, cpu, cores } = describeMachine();
  return [
    version,
    "engine   reference: JavaScript, no SIMD, 1 thread",
    `node     ${node}`,
    `v8       ${v8}`,
    `machine  ${platform} ${arch}, ${cores} cores, ${cpu}`,
    `cache    ${cacheFolder()}`,
  ].join("\n");
}
