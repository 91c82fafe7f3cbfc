import type { Shader } from "../../gpu/wesl.ts";

/** A kernel of a program: an entry `main` in workgroups of 64 threads, a uniform of words at binding 0, and buffers from 1 on. */
export interface ProgramKernel {
  /** Its WGSL. */
  wgsl: Shader;
  /** Its buffers in order, a letter each: `r` is read, `w` is written, and may be read. */
  buffers: string;
}

/** Memory of the GPU, of so many bytes, which only kernels look into. */
export interface ProgramBuffer {
  /** Bytes. */
  readonly size: number;
}

/** An image beside the input. */
export interface ProgramImage {
  /** Its values, as f32. */
  readonly buffer: ProgramBuffer;
  /** Its shape, [N, C, H, W]. */
  readonly shape: readonly number[];
}

/** One dispatch of a kernel. */
export interface ProgramCall {
  /** Words of the kernel's uniform, whole numbers. */
  words: readonly number[];
  /** In the order of the kernel's `buffers`. */
  buffers: readonly ProgramBuffer[];
  /** How many threads have something to do: the kernel leaves out those behind the last. */
  threads: number;
  /** Names that the kernel's WGSL asks for by `@if`. */
  conditions?: Readonly<Record<string, boolean>>;
}

/** What a program knows and can do in either direction. Nothing runs before the caller submits it, and nothing is read back. */
export interface ProgramRun {
  /** Shape of the images, [N, C, H, W]. */
  readonly input: readonly number[];
  /** Shape of the result. */
  readonly output: readonly number[];
  /** Values by option. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The images, as f32. */
  readonly x: ProgramBuffer;
  /** Images beside the input, by parameter of role `image`. */
  readonly images: Readonly<Record<string, ProgramImage>>;
  /** Values of the parameters, [row][sample], in rows in the order in which they are declared. */
  readonly params: ProgramBuffer;
  /** The first row of a parameter, or of the words of the seed. A list has `length` rows, and so many again for each of its `lists`. */
  rows(param: string): { first: number; length: number; lists: number };
  /** A buffer for so many floats, which is free again when the function has returned. What is in it is not known. */
  buffer(floats: number): ProgramBuffer;
  /** Dispatches a kernel behind all that were dispatched before. */
  dispatch(kernel: string, call: ProgramCall): void;
  /** How many threads of a sample share `values` values, where each leaves a sum: few where each costs little. */
  threads(values: number): number;
}

/** The forward pass of a program. */
export interface ProgramForward extends ProgramRun {
  /** Where the result goes. */
  readonly y: ProgramBuffer;
  /** Keeps buffers for the pull-back, which finds them in this order. */
  keep(...buffers: readonly ProgramBuffer[]): void;
}

/** The pull-back of a program. */
export interface ProgramBackward extends ProgramRun {
  /** What the forward pass kept. */
  readonly kept: readonly ProgramBuffer[];
  /** The gradient of the result. */
  readonly gradient: ProgramBuffer;
  /** Where the gradient of the images goes; null where nobody wants it. */
  readonly image: ProgramBuffer | null;
  /** Where the gradients of images beside the input go, by parameter; null where nobody wants one. */
  readonly imageGradients: Readonly<Record<string, ProgramBuffer | null>>;
  /** Whether the gradient of a parameter is wanted. */
  wants(param: string): boolean;
  /**
   * Adds up the gradient of a parameter of one value: `length` sums for each sample, [sample][length], in their order. Those of several
   * parameters lie one after the other; of a parameter whose gradient nobody wants they are left out.
   */
  sum(param: string | readonly string[], partial: ProgramBuffer, length: number): void;
  /** Copies all of a buffer. */
  copy(from: ProgramBuffer, to: ProgramBuffer): void;
}

/** A transform that has kernels of its own, and a pull-back of its own; it is never fused. */
export interface ProgramSpec {
  /** Its kernels, by name. */
  kernels: Readonly<Record<string, ProgramKernel>>;
  /** Records the dispatches of the forward pass. */
  forward(run: ProgramForward): void;
  /** Records those of its pull-back: the gradients of the images and of every parameter that is wanted. */
  backward(run: ProgramBackward): void;
  /** Dispatches either way, without those of tables, and the floats of a sample of its largest buffer, for images of this shape. */
  cost(
    input: readonly number[],
    options: Readonly<Record<string, unknown>>,
  ): { forward: number; backward: number; floats: number };
  /** What is wrong with images of this shape, or null. */
  refuses?(
    input: readonly number[],
    options: Readonly<Record<string, unknown>>,
  ): { argument: string; given: string; allowed: string } | null;
}
