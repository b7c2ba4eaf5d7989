/** The presets say what the course's numbers show. */
import { describe, expect, test } from "vitest";
import regressionFile from "../../../../test/fixtures/golden/lh_linear_regression.json" with { type: "json" };
import sheetFile from "../../../../test/fixtures/golden/penpaper_net.json" with { type: "json" };
import practicalFile from "../../../../test/fixtures/golden/tp1_net.json" with { type: "json" };
import reportFile from "../../../../test/fixtures/golden/vu_network.json" with { type: "json" };
import { within } from "../../../../test/golden.ts";
import { float64 } from "../../../../test/small-nets.ts";
import { crossEntropy, mseLoss, squaredError } from "../functions/index.ts";
import type { Tensor } from "../index.ts";
import { conventions } from "./index.ts";
import type { Conventions, CourseKey } from "./index.ts";

const keys = Object.keys(conventions) as CourseKey[];
const close = within({ abs: 1e-12, rel: 1e-10 });

/** A batch's square loss as the conventions have it. */
function squareLoss(
  { squareLoss: { half, over }, reduction }: Conventions,
  output: Tensor,
  target: Tensor,
): Tensor {
  return over === "elements"
    ? mseLoss(output, target, { reduction })
    : squaredError(output, target, { half, reduction });
}

/** x W in the layout and the weight's axes of the conventions. */
function product({ weight }: Conventions, x: Tensor, w: Tensor): Tensor {
  return x.matmul(w, { transposeB: weight === "out-in" });
}

describe("the numbers of the courses follow from their presets", () => {
  test("LH: ½ and mean over the examples; weights [out, in]", () => {
    const { inputs, expected } = regressionFile.cases[3] as unknown as {
      inputs: Record<string, number[][]>;
      expected: { loss: number; prediction: number[][] };
    };
    const z = product(conventions.LH, float64(inputs.X), float64(inputs.W)).add(
      float64(inputs.b).reshape([-1]),
    );
    close(z, expected.prediction);
    close(squareLoss(conventions.LH, z, float64(inputs.Y)), expected.loss);
  });

  test("TP: no ½, mean over the examples; weights [out, in]", () => {
    const { inputs, params, expected } = practicalFile.cases[0];
    const htilde = product(conventions.TP, float64(inputs.X), float64(params.Wh)).add(float64(params.bh));
    close(htilde, expected.htilde);
    const yhat = float64(expected.yhat);
    close(squareLoss(conventions.TP, yhat, float64(inputs.Y)), expected.square_loss_variant.loss);
    const { reduction } = conventions.TP;
    close(crossEntropy(float64(expected.ytilde), float64(inputs.Y), { reduction }), expected.loss);
  });

  test("PP: ½ and the sum over the examples; weights [in, out]", () => {
    const { inputs, params, expected } = sheetFile.cases[0];
    const first = expected.iterations[0] as { S: number[][]; y_out: number[]; loss_sum: number };
    close(product(conventions.PP, float64(inputs.X), float64(params.W)), first.S);
    close(squareLoss(conventions.PP, float64(first.y_out), float64(inputs.y)), first.loss_sum);
  });

  test("VU: weights [in, out]", () => {
    const { inputs, params, expected } = reportFile.cases[3];
    close(product(conventions.VU, float64([inputs.x]), float64(params.W)).add(float64(params.b)), [
      expected.k,
    ]);
  });
});

test.each(keys)("%s has a symbol for everything, none of them twice", (key) => {
  const { hidden, output, exampleLoss, ...others } = conventions[key].symbols as Conventions["symbols"];
  const symbols = [hidden, output, others]
    .flatMap((group) => Object.values(group))
    .filter((text) => text !== null);
  expect(symbols.every((text) => text !== "")).toBe(true);
  expect(new Set(symbols).size).toBe(symbols.length);
  expect(exampleLoss).not.toBe("");
});
