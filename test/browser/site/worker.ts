import { train } from "./training.ts";

postMessage([train("float32"), train("float64")]);
