"""PyTorch on the CPU, as its documentation writes a training loop; BENCH_FORM=compile compiles forward, loss and update."""

import os

import torch
import torch.nn.functional as F

from serve import numbers, samples, serve

threads = int(os.environ.get("BENCH_THREADS", "1"))
compiled = os.environ.get("BENCH_FORM") == "compile"
torch.set_num_threads(threads)
torch.set_num_interop_threads(1)
activations = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}


def network(layers, activation):
    modules = []
    for weight, bias in layers:
        linear = torch.nn.Linear(weight.shape[1], weight.shape[0])
        modules += [linear, activations[activation]()]
    model = torch.nn.Sequential(*modules[:-1])
    set_weights(model, layers)
    return model


def set_weights(model, layers):
    with torch.no_grad():
        cells = list(model.parameters())
        for i, (weight, bias) in enumerate(layers):
            cells[2 * i].copy_(torch.from_numpy(weight))
            cells[2 * i + 1].copy_(torch.from_numpy(bias))


def training(work):
    layers, x, y = numbers(work)
    batches = [(torch.from_numpy(a), torch.from_numpy(b).long()) for a, b in zip(x, y)]
    model = network(layers, work["activation"])
    lr = work["optimizer"]["lr"]
    adam = work["optimizer"]["name"] == "adam"
    state = {}

    def make_step():
        # fused is the fastest of PyTorch's three forms of an update
        make = torch.optim.Adam if adam else torch.optim.SGD
        optimizer = make(model.parameters(), lr=lr, fused=not compiled)

        def step(a, b):
            optimizer.zero_grad()
            loss = F.cross_entropy(model(a), b)
            loss.backward()
            optimizer.step()
            return loss.detach()

        if not compiled:
            return step
        forward = state.setdefault("forward", torch.compile(lambda a, b: F.cross_entropy(model(a), b)))
        update = torch.compile(optimizer.step)

        def compiled_step(a, b):
            optimizer.zero_grad()
            loss = forward(a, b)
            loss.backward()
            update()
            return loss.detach()

        return compiled_step

    def reset():
        set_weights(model, layers)
        if adam or "step" not in state:
            state["step"] = make_step()
        state["at"] = 0

    def run(count):
        losses = []
        for _ in range(count):
            a, b = batches[state["at"] % len(batches)]
            state["at"] += 1
            losses.append(state["step"](a, b))
        return torch.stack(losses).tolist()

    reset()
    return reset, run


def matmul(work):
    a, b = (torch.from_numpy(one) for one in numbers(work))

    def run(count):
        for _ in range(count):
            c = a @ b
        return samples(c.numpy())

    return None, run


def inference(work):
    layers, x = numbers(work)
    model = network(layers, work["activation"]).eval()
    if compiled:
        model = torch.compile(model)
    rows = torch.from_numpy(x)

    def run(count):
        with torch.inference_mode():
            for _ in range(count):
                y = model(rows)
        return samples(y.numpy())

    return None, run


form = "torch.compile" if compiled else "eager"
serve(
    f"PyTorch {torch.__version__}, {form}, {threads} threads",
    {"training": training, "matmul": matmul, "inference": inference},
)
