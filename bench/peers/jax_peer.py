"""JAX on the CPU: the whole step is jitted, and a scan over the batches runs many steps a call, which is its fastest form."""

import os

if os.environ.get("BENCH_THREADS") == "1":
    # its pools ask how many processors they may use; XLA's flags for one thread leave some of them as they are
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax
import jax.numpy as jnp

from serve import numbers, samples, serve

activations = {"sigmoid": jax.nn.sigmoid, "tanh": jnp.tanh, "relu": jax.nn.relu}


def forward(layers, x, activation):
    for i, (weight, bias) in enumerate(layers):
        x = x @ weight.T + bias
        if i < len(layers) - 1:
            x = activations[activation](x)
    return x


def training(work):
    first, x, y = numbers(work)
    x, y = jnp.asarray(x), jnp.asarray(y)
    lr = work["optimizer"]["lr"]
    adam = work["optimizer"]["name"] == "adam"
    many = jax.tree_util.tree_map

    def loss_of(layers, rows, labels):
        logs = jax.nn.log_softmax(forward(layers, rows, work["activation"]))
        return -jnp.take_along_axis(logs, labels[:, None], axis=1).mean()

    def step(state, at):
        layers, m, v = state
        rows, labels = x[at % work["batches"]], y[at % work["batches"]]
        loss, g = jax.value_and_grad(loss_of)(layers, rows, labels)
        if adam:
            m = many(lambda a, b: 0.9 * a + 0.1 * b, m, g)
            v = many(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
            t = at.astype(jnp.float32) + 1
            ms, vs = 1 / (1 - 0.9**t), 1 / (1 - 0.999**t)
            layers = many(
                lambda p, a, b: p - lr * a * ms / (jnp.sqrt(b * vs) + 1e-8), layers, m, v
            )
        else:
            layers = many(lambda p, d: p - lr * d, layers, g)
        return (layers, m, v), loss

    # one compilation serves every number of steps: scans of fixed lengths, the longest first
    lengths = [1000, 100, 10, 1]
    scans = {
        n: jax.jit(lambda state, ats: jax.lax.scan(step, state, ats), donate_argnums=0) for n in lengths
    }
    held = {}

    def reset():
        layers = [(jnp.array(w), jnp.array(b)) for w, b in first]
        zeros = lambda: many(jnp.zeros_like, layers) if adam else ()
        held["state"], held["at"] = (layers, zeros(), zeros()), 0

    def run(count):
        parts = []
        for n in lengths:
            while count >= n:
                ats = jnp.arange(held["at"], held["at"] + n)
                held["state"], losses = scans[n](held["state"], ats)
                parts.append(losses)
                held["at"] += n
                count -= n
        return [one for part in parts for one in part.tolist()]

    reset()
    return reset, run


def matmul(work):
    a, b = (jnp.asarray(one) for one in numbers(work))
    product = jax.jit(jnp.matmul)

    def run(count):
        for _ in range(count):
            c = product(a, b).block_until_ready()
        return samples(c)

    return None, run


def inference(work):
    layers, x = numbers(work)
    layers, x = [(jnp.asarray(w), jnp.asarray(b)) for w, b in layers], jnp.asarray(x)
    predict = jax.jit(lambda weights, rows: forward(weights, rows, work["activation"]))

    def run(count):
        for _ in range(count):
            y = predict(layers, x).block_until_ready()
        return samples(y)

    return None, run


serve(f"JAX {jax.__version__}, cpu", {"training": training, "matmul": matmul, "inference": inference})
