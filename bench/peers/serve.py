"""The engine's side of the conversation with the harness, a JSON object per line, and the numbers of a case."""

import json
import os
import resource
import sys
import time

import numpy as np


def numbers(work):
    """The layers as (weight [outputs, inputs], bias), then the arrays that follow them in the file."""
    values = np.fromfile(work["file"], dtype=np.float32)
    at = 0

    def take(*shape):
        nonlocal at
        count = int(np.prod(shape))
        at += count
        return values[at - count : at].reshape(shape).copy()

    if work["kind"] == "matmul":
        return [take(work["n"], work["n"]) for _ in range(2)]
    sizes, batch = work["sizes"], work["batch"]
    layers = [(take(o, i), take(o)) for i, o in zip(sizes, sizes[1:])]
    if work["kind"] == "inference":
        return layers, take(batch, sizes[0])
    x = take(work["batches"], batch, sizes[0])
    y = take(work["batches"], batch).view(np.int32)
    return layers, x, y


def samples(values):
    """The places that are compared, as in numbers.ts."""
    flat = np.asarray(values).reshape(-1)
    return [float(flat[int((i + 0.5) * flat.size // 97)]) for i in range(97)]


def serve(version, makers):
    """Answers until the input ends. A maker returns (reset or None, run)."""
    runner = (None, None)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "start":
                reply = {"version": version}
            elif request["do"] == "load":
                kind = request["work"]["kind"]
                if kind not in makers:
                    raise ValueError(f"cannot do {kind}")
                runner = makers[kind](request["work"])
                reply = {}
            elif request["do"] == "memory":
                reply = {"peakBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}
            else:
                reset, run = runner
                if reset:
                    reset()
                if request["do"] == "check":
                    reply = {"values": [float(one) for one in run(request["count"])]}
                else:
                    # whatever a reset put off is done in a step that does not count
                    if reset:
                        run(1)
                    cpu, began = time.process_time(), time.perf_counter()
                    run(request["count"])
                    reply = {
                        "milliseconds": (time.perf_counter() - began) * 1e3,
                        "cpuMilliseconds": (time.process_time() - cpu) * 1e3,
                    }
        except Exception as error:  # the harness reports it, whatever it is
            reply = {"error": f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"}
        print(json.dumps(reply), flush=True)
    os._exit(0)
