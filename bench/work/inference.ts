/** (g): the outputs of 784-300-10 for one row, as a server answers, and for a thousand. */
import { writeCase } from "../cases.ts";
import type { InferenceCase } from "../cases.ts";
import { measure } from "../harness.ts";
import { inferenceOf } from "../peers/plain-loops.ts";
import type { Section, WorkItem } from "./item.ts";
import { sectionOf } from "./rows.ts";

export const inferences: WorkItem = {
  id: "g",
  title: "784-300-10, sigmoid: outputs",
  async run({ folder, engines, plan }) {
    const sections: Section[] = [];
    for (const batch of [1, 1000]) {
      const written = writeCase(folder, `g-${batch}`, {
        kind: "inference",
        sizes: [784, 300, 10],
        activation: "sigmoid",
        batch,
      }) as InferenceCase;
      const reference = Array.from(await inferenceOf(written, Float64Array).run(1));
      const outcome = await measure(
        written,
        engines,
        { count: 1, reference, tolerance: 1e-4, floor: 0.1 },
        plan,
      );
      const title = `784-300-10, sigmoid: outputs for ${batch === 1 ? "1 row" : `${batch} rows`}`;
      sections.push(
        sectionOf(outcome, { id: `g-${batch}`, title, flops: 2 * batch * (784 * 300 + 300 * 10) }),
      );
    }
    return { sections };
  },
};
