/** The eager evaluator: it computes at once, with the reference kernels. Importing this file installs it. */
import "../ops/index.ts"; // gives tensors their methods
import "./gradients.ts"; // and their backward()
import { evaluate } from "../devices/reference.ts";
import { carriesGradient, installEvaluator, typeOf } from "../ops/emit.ts";
import type { Evaluator } from "../ops/emit.ts";
import { Tensor } from "../tensor/tensor.ts";

export const eager: Evaluator = {
  emit(node) {
    const { op, inputs, attrs } = node;
    const out = typeOf(node);
    const requiresGrad = carriesGradient(node, out.dtype);
    const operands = inputs.map((input) => input.data);
    const values = evaluate(op, operands, inputs, out, attrs);
    // without gradients the node is dropped, so that the inputs can be collected
    return new Tensor(out.shape, out.dtype, requiresGrad ? { values, node, requiresGrad } : { values });
  },
  read: (cell) => cell.present,
  assign: (cell, value) => cell.become(value.data),
};

installEvaluator(eager);
