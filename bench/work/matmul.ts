/** (f): products of square matrices, without gradients. */
import { writeCase } from "../cases.ts";
import type { MatmulCase } from "../cases.ts";
import { measure } from "../harness.ts";
import { matmulSamples } from "../peers/plain-loops.ts";
import type { Section, WorkItem } from "./item.ts";
import { sectionOf } from "./rows.ts";

export const matmuls: WorkItem = {
  id: "f",
  title: "C = A·B, float32",
  async run({ folder, engines, plan, quick }) {
    const sections: Section[] = [];
    for (const n of quick ? [256, 512] : [256, 512, 1024, 2048]) {
      const written = writeCase(folder, `f-${n}`, { kind: "matmul", n }) as MatmulCase;
      // sums of n products of normal numbers: near √n, off by some 1e-7 of it
      const check = { count: 1, reference: matmulSamples(written), tolerance: 1e-5, floor: Math.sqrt(n) };
      const outcome = await measure(written, engines, check, plan);
      const title = `matmul ${n} × ${n} × ${n}`;
      sections.push(sectionOf(outcome, { id: `f-${n}`, title, flops: 2 * n * n * n }));
    }
    return { sections };
  },
};
