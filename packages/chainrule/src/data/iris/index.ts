/**
 * Fisher's iris: 150 flowers of three kinds, four measurements each.
 *
 * Source: R. A. Fisher, "Iris", UCI Machine Learning Repository (1936), https://doi.org/10.24432/C56C76, licensed CC BY 4.0;
 * the numbers of scikit-learn's copy, which follows Fisher's paper in the two rows where the repository's file errs.
 */
import "../../graph/eager.ts";
import { fromValues } from "../../tensor/tensor.ts";
import { Dataset } from "../dataset.ts";
import { rows } from "./rows.ts";

/** All 150 flowers: inputs [150, 4] in cm, targets 0 setosa, 1 versicolor, 2 virginica. */
export function iris(): Dataset {
  const lines = rows.trim().split("\n");
  const numbers = lines.map((line) => line.split(",").map(Number));
  return new Dataset(
    fromValues(Float32Array.from(numbers.flatMap((row) => row.slice(0, 4))), [lines.length, 4], "float32"),
    fromValues(Int32Array.from(numbers.map((row) => row[4])), [lines.length], "int32"),
    {
      featureNames: ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"],
      classNames: ["setosa", "versicolor", "virginica"],
    },
  );
}
