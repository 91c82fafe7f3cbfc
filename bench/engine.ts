/** What a library has to do to be measured: augrad and its peers alike. */

/** A batch of images: `[N, C, H, W]`. */
export type Shape = readonly [n: number, channels: number, height: number, width: number];

/** `forward` gives the images; `both` also the gradients of the pixels and of the work's learned parameters. */
export type Mode = "forward" | "both";

/** One cell of the benchmark: a work on a batch, with everything that enters it as plain numbers. */
export interface Task {
  /** A work's id in `catalogue.ts`. */
  work: string;
  mode: Mode;
  shape: Shape;
  /** The images, planar, RGB, 0..1. */
  x: Float32Array;
  /** `[N, k]` each, by name, as the work says. */
  parameters: Readonly<Record<string, Float32Array>>;
  /** What else a single transform is given: its options, and parameters that are not per sample. */
  settings?: Readonly<Record<string, unknown>>;
  /** Names of the parameters whose gradients `both` takes. */
  learned: readonly string[];
  /** The gradient of the result, in its shape; of no use in `forward`. */
  seed: Float32Array;
}

/** Numbers that came out, for comparing engines with each other. */
export interface Result {
  y: Float32Array;
  /** By name: `x`, and the learned parameters. Absent in `forward`. */
  gradients?: Record<string, Float32Array>;
}

/** A task with its inputs on the device, pipelines not yet compiled. */
export interface Prepared {
  /** Hands the work to the device once, and waits for nothing that the library itself does not wait for. */
  issue(): void | Promise<void>;
  /** Resolves when the device has done all that was issued. Nothing is read back. */
  settle(): Promise<void>;
  /** Does the work once, and reads what came out. */
  result(): Promise<Result>;
  /** Gives the memory back. */
  dispose(): void;
}

/** Does the work `times` times, and resolves when the device has finished. */
export async function run(prepared: Pick<Prepared, "issue" | "settle">, times = 1): Promise<void> {
  for (let i = 0; i < times; i++) {
    const issued = prepared.issue();
    // Waiting for what is no promise would let other work in between.
    if (issued) await issued;
  }
  await prepared.settle();
}

/** A library on a device. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** The step of the values that it computes with, where they are coarser than f32: 1/255 for bytes. */
  readonly precision?: number;
  /** Whether it can do a transform of the registry, of which there is no work in the catalogue. */
  does?(work: string, mode: Mode): boolean;
  /** `missing` says in a sentence what the library lacks, where it cannot do the task at all. */
  prepare(task: Task): Promise<Prepared | { missing: string }>;
  dispose(): void | Promise<void>;
}

/** How an engine starts; it throws a sentence where it cannot. `device` is the one that all of them share, if they can. */
export type StartEngine = (device?: GPUDevice) => Promise<Engine>;
