/** Derivatives of functions: gradients of gradients, Jacobians, Hessians, and a check against finite differences. */
import { grad, gradcheck, hessian, jacobian, tensor } from "chainrule";
import type { Tensor } from "chainrule";
import { softmax } from "chainrule/functions";

const x = tensor([0.5, -1, 2], { dtype: "float64" });

const energy = (x: Tensor): Tensor => x.pow(4).sum();
console.log("x⁴:    ", energy(x).item());
console.log("4x³:   ", String(grad(energy)(x)));
console.log("12x²:  ", String(grad((x) => grad(energy)(x).sum())(x)));
console.log("Hessian:\n", String(hessian(energy, x)));

// softmax has no element-wise derivative: its Jacobian is diag(p) − p pᵀ
console.log("Jacobian of softmax:\n", String(jacobian(softmax, x)));

const { entries } = gradcheck((x) => softmax(x).mul(x).sum(), [x]);
console.log("largest relative error against finite differences:", entries[0].relativeError.toExponential(1));
