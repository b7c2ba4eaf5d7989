import { arch, availableParallelism, cpus, platform, release, totalmem } from "node:os";

/** The machine that computed a run. */
export interface Machine {
  readonly platform: string;
  readonly release: string;
  readonly arch: string;
  readonly cpu: string;
  /** The number of cores that this process may use. */
  readonly cores: number;
  readonly memoryBytes: number;
  readonly node: string;
  readonly v8: string;
}

/**
 * Describes the machine, for run records. Nothing in it names a person or a host.
 *
 * @example
 * describeMachine().node === process.versions.node; // true
 */
export function describeMachine(): Machine {
  return {
    platform: platform(),
    release: release(),
    arch: arch(),
    // Some systems and containers do not report it.
    cpu: cpus()[0]?.model.trim() || "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
    v8: process.versions.v8,
  };
}
