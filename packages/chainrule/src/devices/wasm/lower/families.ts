/** All families of kernels; those that run element by element are found by name in pointwise.ts. */
import { folds } from "./fold.ts";
import type { Family } from "./lowerer.ts";
import { losses } from "./losses.ts";
import { moves } from "./moves.ts";
import { norms } from "./norms.ts";
import { products } from "./product.ts";
import { draws } from "./random.ts";
import { selections } from "./select.ts";

export const families: readonly Family[] = [products, folds, losses, norms, selections, draws, moves];
