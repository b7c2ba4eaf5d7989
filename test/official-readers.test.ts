import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tensor, zeros } from "chainrule";
import { writeNpy, writeNpz, writeSafetensors } from "chainrule/formats";
import { expect, test } from "vitest";

// The official Python libraries read our files, if CHAINRULE_PYTHON names an interpreter that has them.
const python = process.env.CHAINRULE_PYTHON ?? "python3";
const probe = spawnSync(python, ["-c", "import numpy, safetensors.numpy"], { encoding: "utf8" });
const missing = probe.status === 0 ? "" : `${python} has no numpy and safetensors (set CHAINRULE_PYTHON)`;

const script = `
import json, sys
import numpy as np
from safetensors import safe_open
from safetensors.numpy import load_file

def described(arrays):
    return {name: [str(a.dtype), list(a.shape), a.astype("float64").ravel().tolist()] for name, a in arrays.items()}

folder = sys.argv[1]
with safe_open(folder + "/checked.safetensors", framework="np") as opened:
    metadata = opened.metadata()
print(json.dumps({
    "plain.safetensors": described(load_file(folder + "/plain.safetensors")),
    "checked.safetensors": described(load_file(folder + "/checked.safetensors")),
    "stored.npz": described(dict(np.load(folder + "/stored.npz", allow_pickle=False))),
    "compressed.npz": described(dict(np.load(folder + "/compressed.npz", allow_pickle=False))),
    "one.npy": described({"0.weight": np.load(folder + "/one.npy", allow_pickle=False)}),
    "metadata": sorted(metadata),
}))
`;

const tensors = [
  ["0.weight", tensor([[1, -0.5, 3e38], [1e-45, 0, -1]])], // prettier-ignore
  ["rate", tensor(0.1, { dtype: "float64" })],
  ["steps", tensor([2147483647, -2147483648], { dtype: "int32" })],
  ["mask", tensor([[true], [false]])],
  ["none", zeros([0, 3])],
  ["größe 😀", tensor([1.5])],
] as const;

test("the official Python libraries read our files", ({ skip }) => {
  if (missing !== "") skip(missing);
  const folder = mkdtempSync(join(tmpdir(), "chainrule-formats-"));
  try {
    const files = {
      "plain.safetensors": writeSafetensors(tensors),
      "checked.safetensors": writeSafetensors(tensors, { made: "here" }, { checksums: true }),
      "stored.npz": writeNpz(tensors),
      "compressed.npz": writeNpz(tensors, { compress: true }),
      "one.npy": writeNpy(tensors[0][1]),
    };
    for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, name), bytes);
    const { stdout, stderr } = spawnSync(python, ["-c", script, folder], { encoding: "utf8" });
    expect(stderr).toBe("");
    const found = JSON.parse(stdout);
    const expected = Object.fromEntries(
      tensors.map(([name, { dtype, shape, data }]) => [name, [dtype, shape, [...data]]]),
    );
    for (const name of Object.keys(files)) {
      if (name === "one.npy") expect(found[name]).toEqual({ "0.weight": expected["0.weight"] });
      else expect(found[name]).toEqual(expected);
    }
    expect(found.metadata).toEqual(["chainrule.crc32", "made"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
