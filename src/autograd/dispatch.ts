import { type Binding, type Gpu, LimitError } from "../gpu/index.ts";
import { linkShader, type Shader } from "../gpu/wesl.ts";
import { count, empty, type Shape, type Tensor } from "../tensor/index.ts";
import { type Stretch, wholeOf } from "./parts.ts";

// How the kernels of `shaders/tensor` are recorded.

/** Threads of a workgroup, in every kernel of `shaders/tensor`. */
export const THREADS = 64;

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The bits of a number as f32: how numbers travel in uniform words. */
export function floatBits(value: number): number {
  scratch[0] = value;
  return scratchBits[0];
}

/** Whether a kernel may see buffers as quads: four values at once are several times as fast. */
export const quads = (tensors: readonly Tensor[]): boolean => tensors.every(({ storage }) => storage.size % 16 === 0);

/** Workgroups for a count, in two dimensions when there are more than a device allows in one. */
function groupsFor(gpu: Gpu, values: number, perGroup: number): [number, number] {
  const groups = Math.ceil(values / perGroup);
  const limit = gpu.limits.maxComputeWorkgroupsPerDimension;
  if (groups <= limit) return [groups, 1];
  const rows = Math.ceil(groups / limit);
  return [Math.ceil(groups / rows), rows];
}

/** Memory for the result of a kernel that binds all that it reads and writes whole, once it is sure that it can. */
export function result(shape: Shape, ...reads: Tensor[]): Tensor {
  const { gpu } = reads[0];
  checkBinds(gpu, Math.max(4 * count(shape), ...reads.map((tensor) => tensor.byteLength)));
  return empty(gpu, shape);
}

/** Refuses what one binding cannot hold. @throws LimitError */
export function checkBinds(gpu: Gpu, bytes: number): void {
  const limit = gpu.limits.maxStorageBufferBindingSize;
  if (bytes > limit)
    throw new LimitError("maxStorageBufferBindingSize", bytes, limit, "An operation on a tensor of this size");
}

/** A kernel of `shaders/tensor`. */
export interface Kernel {
  wgsl: Shader;
  /** Words of its uniform: a few, and `MAX_WORDS` for every walk. */
  words: number;
}

/** How a kernel runs. */
interface Run {
  kernel: Kernel;
  /** Its name in errors and in profiles. */
  label: string;
  constants?: Record<string, number>;
  /** Compiled for quads. */
  wide?: boolean;
  /** What it reads, and last what it writes. */
  stretches: readonly Stretch[];
  words: readonly number[];
  threads: number;
  perGroup: number;
}

/** Records a kernel. */
export function run(
  { kernel, label, constants, wide = false, stretches, words, threads, perGroup }: Run,
  gpu: Gpu,
): void {
  let key = wide ? `${kernel.wgsl.path} wide` : kernel.wgsl.path;
  for (const name in constants) key += ` ${name}=${constants[name]}`;
  const pipeline =
    gpu.knownPipeline(key) ??
    gpu.pipeline({
      key,
      label,
      access: `${"r".repeat(stretches.length - 1)}wu`,
      constants,
      source: () => linkShader(kernel.wgsl, { conditions: { wide } }),
    });
  const bindings: Binding[] = [];
  for (const { binding } of stretches) bindings.push(binding);
  bindings.push(gpu.uniform(words, kernel.words));
  let bytes = 0;
  // An operand that is there twice is read once.
  for (let i = 0; i < stretches.length; i++) if (bindings.indexOf(bindings[i]) === i) bytes += stretches[i].bytes;
  gpu.dispatch({ pipeline, bindings, groups: groupsFor(gpu, threads, perGroup), bytes });
}

/** Records a kernel that binds tensors whole. */
export function runWhole({
  reads,
  writes,
  ...rest
}: Omit<Run, "stretches"> & { reads: readonly Tensor[]; writes: Tensor }): void {
  run({ ...rest, stretches: [...reads, writes].map((tensor) => wholeOf(tensor)) }, writes.gpu);
}
