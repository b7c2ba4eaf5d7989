/** A kernel instance with memory for arrays, through which the kernel tests call kernels. */
import {
  instantiate,
  type InstanceOptions,
  type KernelInstance,
} from "../../packages/chainrule/src/devices/wasm/kernels/instance.ts";
import type { KernelName } from "../../packages/chainrule/src/devices/wasm/kernels/signatures.ts";
import {
  allocate,
  bytesPer,
  dtypeOf,
  type DType,
  type Values,
} from "../../packages/chainrule/src/tensor/dtype.ts";

export class Scratchpad {
  readonly instance: KernelInstance;
  #free: number;

  constructor(instance: KernelInstance) {
    this.instance = instance;
    this.#free = instance.heap;
  }

  static async of(options: InstanceOptions = {}): Promise<Scratchpad> {
    return new Scratchpad(await instantiate(options));
  }

  /** Forgets all arrays. */
  clear(): void {
    this.#free = this.instance.heap;
  }

  /** Allocates `bytes` bytes, filled with garbage on which a kernel must not depend. */
  reserve(bytes: number): number {
    const { memory } = this.instance;
    const at = this.#free;
    this.#free = (at + bytes + 79) & ~15; // 64 bytes of slack after every array
    const missing = this.#free - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / 65536));
    new Uint8Array(memory.buffer, at, this.#free - at).fill(0xff); // NaN as float, −1 as integer
    return at;
  }

  put(values: Values): number {
    const at = this.reserve(values.byteLength);
    this.view(at, dtypeOf(values), values.length).set(values);
    return at;
  }

  view(at: number, dtype: DType, length: number): Values {
    const { buffer } = this.instance.memory;
    const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array };
    return new arrays[dtype](buffer, at, length);
  }

  get(at: number, dtype: DType, length: number): Values {
    const copy = allocate(dtype, length);
    copy.set(this.view(at, dtype, length));
    return copy;
  }

  /** Calls a kernel whose first parameter is the output, and returns that; a write beyond its end throws. */
  call(name: KernelName, dtype: DType, length: number, ...rest: number[]): Values {
    const bytes = length * bytesPer[dtype];
    const out = this.reserve(bytes);
    this.instance.kernels[name](out, ...rest);
    const behind = new Uint8Array(this.instance.memory.buffer, out + bytes, 64);
    if (behind.some((byte) => byte !== 0xff)) throw new Error(`${name} wrote beyond the end of its output`);
    return this.get(out, dtype, length);
  }
}
