/** Networks as texts of equations, for tests: the courses' own, and the constructions that a first course meets. */

const head = "input x: 2; target y: onehot 2; size h: 4\n";

export const equationTexts = {
  tp: `${head}h̃ = W_h x + b_h\nh = tanh(h̃)\nỹ = W_y h + b_y\nŷ = softmax(ỹ)\nℓ = -sum(y * log(ŷ))`,
  "tp in ASCII": `${head}h~ = W_h x + b_h; h = tanh(h~); y~ = W_y h + b_y; yhat = softmax(y~); loss = -sum(y * log(yhat))`,
  "tp by an index sum": `${head}h̃ = W_h x + b_h; h = tanh(h̃); ỹ = W_y h + b_y; predict ỹ; loss = -sum_i y_i ỹ_i + log(sum_i exp(ỹ_i))`,
  "linear regression": "input x: 3; target y: real 2; z = W x + b; loss = ½ ‖z − y‖²; predict z",
  "logistic regression":
    "input x: 4; target y: onehot 3; z = W x + b; p = softmax(z); predict p; loss = -sum(y * log(p))",
  "L layers": `input x: 5; target y: onehot 3; size L = 3; size a^[l]: 4
a^[0] = x
repeat l = 1..L-1 {
  z^[l] = W^[l] a^[l-1] + b^[l]
  a^[l] = σ(z^[l])
}
z^[L] = W^[L] a^[L-1] + b^[L]
ŷ = softmax(z^[L])
loss = -sum(y * log(ŷ))`,
  "rows, as VU": `rows; input x: 6; target t: class cls of 4; size h: 5
k = x W + b; h = σ(k); o = h V + c; y = softmax(o); loss = -log(y[cls]); predict y`,
  "two layers of rows, as PP": `rows; input x: 2; target y: 1; size z: 3
s = x W; z = σ(s); s_out = z w; y_out = σ(s_out); predict y_out; loss = 0.5 (y_out − y)^2`,
  hinge: `input x: 4; target t: class c of 3; m = 0.5; o = W x + b; p = softmax(o); predict p
loss = sum_{j≠c} max(0, p_j − p[c] + m)`,
  residual: `input x: 4; target y: 2; size h_1: 4
h_1 = tanh(W_1 x + b_1); h_2 = h_1 + W_2 tanh(h_1) + b_2; ŷ = W_3 h_2 + b_3; loss = ‖ŷ − y‖²`,
  "tied autoencoder": "input x: 5; size h: 3; h = σ(W x + b); x̂ = Wᵀ h + c; loss = ‖x̂ − x‖²; predict x̂",
  "recurrent, by hand": `input x_1: 2, x_2: 2; target y: 1; size h_1: 3; h_0 = 0 x_1
h_1 = tanh(U x_1 + b); h_2 = tanh(W h_1 + U x_2 + b); ŷ = V h_2 + c; loss = (ŷ − y)^2`,
  attention: "input Q: 3×4, K: 3×4, V: 3×5; size d = 4; S = Q Kᵀ / sqrt(d); A = softmax(S); O = A V",
  "binary cross-entropy":
    "input x: 3; target y: 1; p = σ(wᵀ x + b); predict p; loss = -(y log(p) + (1 − y) log(1 − p))",
  huber: `input x: 3; target y: 2; ŷ = W x + b; e = ŷ − y
loss = sum(where(|e| <= 1, e^2 / 2, |e| − 0.5))`,
  "weight decay": `${head}λ = 0.01; h = tanh(W_h x + b_h); ŷ = softmax(W_y h + b_y)
loss = -sum(y * log(ŷ)) + (λ/2) (sum(W_h^2) + sum(W_y^2))`,
  "two outputs": `input x: 2; target y: onehot 2; target y_2: 1; p = softmax(W_1 x + b_1); r = W_2 x + b_2
predict p; loss = -sum(y * log(p)) + 0.5 (r − y_2)^2`,
  "a batch by hand": "input X: 7×2; size H̃: 7×4; H̃ = X W_hᵀ + 𝟏 b_hᵀ",
  "layer norm": `input x: 4; target y: 4; param γ: 4 init 1; param β: 4 init 0
μ = mean(x); v = mean((x − μ)^2); n = (x − μ) / sqrt(v + 1e-5); ŷ = γ ⊙ n + β; loss = ‖ŷ − y‖²`,
  "softmax written out":
    "input x: 2; target y: onehot 3; z = W x + b; ŷ = exp(z) / sum(exp(z)); loss = -sum(y * log(ŷ))",
  "all pairs of an index":
    "input x: 3; target y: 3; param A: 3×3; ŷ = A x; loss = sum_i sum_{j≠i} A_{ij} (ŷ_i − y_j)^2 + ‖ŷ − y‖²",
} as const;

export type EquationTextName = keyof typeof equationTexts;
