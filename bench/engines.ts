/** The engines that are measured, each a process of its own in its fastest honest form. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Case } from "./cases.ts";
import type { Command } from "./process.ts";

export const benchFolder = import.meta.dirname;
const python = process.env.BENCH_PYTHON ?? join(benchFolder, ".venv/bin/python");

/** The forms in which Chainrule is measured. */
export type OwnId = "chainrule" | "chainrule-2" | "chainrule-strict" | "chainrule-train" | "chainrule-eager";

/** The same form of Chainrule, from the checkout that `--against` names. */
export type OtherId = `${OwnId}@other`;

export type EngineId =
  | OwnId
  | OtherId
  | "plain"
  | "tfjs-cpu"
  | "tfjs-wasm"
  | "tfjs-wasm-hand"
  | "jax-js"
  | "ort-1"
  | "ort-2"
  | "torch"
  | "torch-compile"
  | "jax"
  | "roofline";

/** Another checkout of Chainrule, and the programs that measure it. */
export interface Checkout {
  readonly root: string;
  /** The folder of the programs that measure its library: this checkout's `peers`, or its own. */
  readonly programs: string;
}

export const thisCheckout: Checkout = {
  root: join(benchFolder, ".."),
  programs: join(benchFolder, "peers"),
};

export interface EngineEntry {
  readonly id: EngineId;
  readonly title: string;
  readonly threads: number;
  readonly command: Command;
  /** The engine whose numbers it must equal to the bit. */
  readonly sameBits?: EngineId;
  /** Set on an engine of another checkout. */
  readonly checkout?: Checkout;
  /** The engine that takes its turn right before or right after this one, and does the work equally often. */
  readonly partner?: EngineId;
  /** Why the engine does not do this kind of work. */
  cannot?(work: Case): string | undefined;
}

const node = (
  id: EngineId,
  title: string,
  file: string,
  env: Command["env"] = {},
  cannot?: EngineEntry["cannot"],
): EngineEntry => ({
  id,
  title,
  threads: Number(env.BENCH_THREADS ?? 1),
  command: {
    program: process.execPath,
    args: ["--conditions=chainrule-source", join(benchFolder, "peers", file)],
    env,
  },
  cannot,
});

const pythonEngine = (
  id: EngineId,
  title: string,
  file: string,
  threads: number,
  form = "",
): EngineEntry => ({
  id,
  title,
  threads,
  command: {
    program: python,
    args: [join(benchFolder, "peers", file)],
    env: {
      BENCH_THREADS: String(threads),
      BENCH_FORM: form,
      OMP_NUM_THREADS: String(threads),
      // some machines set these for old builds; with new builds they would select slow kernels
      OPENBLAS_CORETYPE: undefined,
      OPENBLAS_L2_SIZE: undefined,
    },
  },
});

/** Plain loops take seconds for a product above 512. */
const small = (work: Case) =>
  work.kind === "matmul" && work.n > 512 ? "left out above 512: seconds a product" : undefined;

const sgdOnly = (work: Case) =>
  work.kind === "training" && work.optimizer.name !== "sgd"
    ? "its hand-written graph is made for SGD"
    : undefined;

export const engines: readonly EngineEntry[] = [
  node("chainrule", "Chainrule", "chainrule.ts", { BENCH_FORM: "run" }),
  {
    ...node("chainrule-2", "Chainrule, 2 threads", "chainrule.ts", { BENCH_FORM: "run", BENCH_THREADS: "2" }),
    sameBits: "chainrule",
  },
  node("chainrule-strict", "Chainrule, strict", "chainrule.ts", { BENCH_FORM: "run", BENCH_STRICT: "1" }),
  node("chainrule-train", "Chainrule, train()", "chainrule.ts", { BENCH_FORM: "train" }, (work) =>
    work.kind === "training" ? undefined : "is about training",
  ),
  node("chainrule-eager", "Chainrule, eager", "chainrule.ts", { BENCH_FORM: "eager" }, small),
  node("tfjs-wasm", "tfjs wasm, minimize", "tfjs.ts", { BENCH_BACKEND: "wasm" }),
  node(
    "tfjs-wasm-hand",
    "tfjs wasm, by hand",
    "tfjs.ts",
    { BENCH_BACKEND: "wasm", BENCH_FORM: "hand" },
    (work) => (work.kind === "training" ? undefined : "differs from tfjs wasm in its gradients only"),
  ),
  node("tfjs-cpu", "tfjs cpu, minimize", "tfjs.ts", { BENCH_BACKEND: "cpu" }, small),
  node("jax-js", "jax-js wasm", "jax-js.ts"),
  node("ort-1", "onnxruntime, 1 thread", "onnxruntime.ts", { BENCH_THREADS: "1" }, sgdOnly),
  node("ort-2", "onnxruntime, 2 threads", "onnxruntime.ts", { BENCH_THREADS: "2" }, sgdOnly),
  pythonEngine("torch", "PyTorch eager, 1 thread", "torch_peer.py", 1),
  {
    ...pythonEngine("torch-compile", "torch.compile, 1 thread", "torch_peer.py", 1, "compile"),
    cannot: (work) => (work.kind === "matmul" ? "the same product as PyTorch eager" : undefined),
  },
  pythonEngine("jax", "JAX, 1 core", "jax_peer.py", 1),
  node("plain", "plain loops", "plain.ts", {}, small),
];

/** Whether an engine is a form of Chainrule, of this checkout or of another. */
export const isChainrule = (id: string): id is OwnId | OtherId => id.startsWith("chainrule");

export const isOwn = (id: string): id is OwnId => isChainrule(id) && !id.endsWith("@other");

export const roofline = node("roofline", "the machine", "roofline.ts");

/** Ratios are relative to the first of these engines that took part. */
export const baselines: readonly EngineId[] = ["chainrule", "chainrule-eager"];

/** Why an engine cannot be started on this machine. */
export function missing({ command }: EngineEntry): string | undefined {
  if (command.program === python && !existsSync(python)) return "no Python environment (see bench/README.md)";
  return undefined;
}
