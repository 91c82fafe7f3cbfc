import {
  ArgumentError,
  check,
  flag,
  Gpu,
  having,
  LimitError,
  oneOf,
  readOptions,
  rule,
  ShapeError,
} from "../gpu/index.ts";
import { byteLength, DTYPES, type DType, valueCount } from "./dtype.ts";
import { checkShape, type Shape, show } from "./shape.ts";
import { pack, Tensor } from "./tensor.ts";
import { checkNesting, readValues, type Values } from "./values.ts";

/** How to make a tensor. */
export interface TensorOptions<D extends DType = DType> {
  /** Storage type, `f32` unless given. */
  dtype?: D;
  /** Whether gradients flow to it. */
  requiresGrad?: boolean;
}

const OPTIONS = { dtype: oneOf(...DTYPES), requiresGrad: flag };
const A_GPU = rule("what requestGpu() or adoptDevice() returned", (value) => value instanceof Gpu);

/** Checks that a value is a device that is not lost. */
export function checkGpu(gpu: Gpu): void {
  check("gpu", gpu, A_GPU).assertAlive();
}

/** Checks everything but the values; returns the options with the storage type filled in. */
function prepare<D extends DType>(what: string, gpu: Gpu, shape: Shape, given: TensorOptions<D> | undefined) {
  checkGpu(gpu);
  const { dtype = "f32" as D, requiresGrad = false } = readOptions<TensorOptions<D>>(what, given, OPTIONS);
  checkShape(shape);
  if (dtype === "rgba8" && (shape.length !== 4 || (shape[1] !== 3 && shape[1] !== 4))) {
    throw new ShapeError("shape", show(shape), "[N, 3, H, W] or [N, 4, H, W] for rgba8");
  }
  if (requiresGrad && dtype !== "f32" && dtype !== "f16") {
    throw new ArgumentError("requiresGrad", `true for ${dtype}`, "true only for f32 and f16");
  }
  return { dtype, requiresGrad, bytes: bytesOf(gpu, shape, dtype) };
}

/** Bytes of a tensor, where the device can hold them. */
function bytesOf(gpu: Gpu, shape: Shape, dtype: DType): number {
  const bytes = byteLength(shape, dtype);
  const most = gpu.limits.maxBufferSize;
  if (bytes > most) throw new LimitError("maxBufferSize", bytes, most, `A tensor ${show(shape)} of ${dtype}`);
  return bytes;
}

/**
 * A tensor from numbers: a number, an array, nested arrays, or a typed array, in row-major order (planar for images).
 * @param data as many values as the shape has; 0..255 for `u8`, four bytes a pixel for `rgba8`
 * @param shape that of the nested arrays unless given
 * @throws ShapeError when the counts differ or arrays are ragged, LimitError when the device cannot hold it
 */
export function tensor<D extends DType = "f32">(
  gpu: Gpu,
  data: Values,
  shape?: Shape,
  options?: TensorOptions<D>,
): Tensor<D> {
  return fromValues("tensor", gpu, data, shape, options) as Tensor<D>;
}

function fromValues(
  what: string,
  gpu: Gpu,
  data: Values,
  given: Shape | undefined,
  options?: TensorOptions,
): Tensor<DType> {
  checkGpu(gpu);
  const flat = readValues(data);
  const shape = given === undefined ? flat.shape : given;
  const { dtype, requiresGrad, bytes } = prepare(what, gpu, shape, options);
  checkNesting(flat, shape);
  const expected = valueCount(shape, dtype);
  if (flat.values.length !== expected)
    throw new ShapeError("data", `${flat.values.length} values`, `${expected} values, for shape ${show(shape)}`);
  return new Tensor<DType>(gpu, shape, dtype, gpu.upload(pack(flat.values, shape, dtype), bytes), requiresGrad);
}

/** A leaf that learns: `tensor` with `requiresGrad`. */
export function parameter(gpu: Gpu, data: Values, shape?: Shape): Tensor {
  return fromValues("parameter", gpu, data, shape, { requiresGrad: true }) as Tensor;
}

/** A tensor whose every value is `value`. */
export function full<D extends DType = "f32">(
  gpu: Gpu,
  shape: Shape,
  value: number,
  options?: TensorOptions<D>,
): Tensor<D> {
  return filled("full", gpu, shape, value, options);
}

function filled<D extends DType>(
  what: string,
  gpu: Gpu,
  shape: Shape,
  value: number,
  options?: TensorOptions<D>,
): Tensor<D> {
  const { dtype, requiresGrad, bytes } = prepare(what, gpu, shape, options);
  check(`value of ${what}()`, value, A_NUMBER);
  if (value === 0) {
    const storage = gpu.allocate(bytes);
    gpu.clear(storage);
    return new Tensor(gpu, shape, dtype, storage, requiresGrad);
  }
  const values = new Float32Array(valueCount(shape, dtype)).fill(value);
  return new Tensor(gpu, shape, dtype, gpu.upload(pack(values, shape, dtype), bytes), requiresGrad);
}

const A_NUMBER = rule("a number", (value) => typeof value === "number");

/** A tensor of zeros. */
export const zeros = <D extends DType = "f32">(gpu: Gpu, shape: Shape, options?: TensorOptions<D>): Tensor<D> =>
  filled("zeros", gpu, shape, 0, options);
/** A tensor of ones. */
export const ones = <D extends DType = "f32">(gpu: Gpu, shape: Shape, options?: TensorOptions<D>): Tensor<D> =>
  filled("ones", gpu, shape, 1, options);

/** A tensor with undefined contents, for a pass to write. */
export function empty<D extends DType = "f32">(gpu: Gpu, shape: Shape, given?: D): Tensor<D> {
  const { dtype, bytes } = prepare("empty", gpu, shape, { dtype: given });
  return new Tensor(gpu, shape, dtype, gpu.allocate(bytes));
}

/** {@link empty}, of f32, for what augrad writes itself: the shape follows from shapes that were checked. */
export const unwritten = (gpu: Gpu, shape: Shape): Tensor =>
  new Tensor(gpu, shape, "f32", gpu.allocate(bytesOf(gpu, shape, "f32")));

const A_BUFFER = having("a GPUBuffer of the same device", "mapAsync", "getMappedRange");

/** How to take a buffer. */
export interface BufferOptions<D extends DType = DType> extends TensorOptions<D> {
  /** Copies the values, with the next submission, so that the buffer's owner may then use it again. False unless given. */
  copy?: boolean;
}

/**
 * A caller's buffer as a tensor, without a copy: dense, row-major. Needs usage STORAGE, COPY_SRC and COPY_DST.
 *
 * The memory stays the caller's. Its contents must stay as they are until everything that uses the tensor is submitted
 * (`gpu.flush()`), and where a gradient is wanted until `backward` is submitted too: backward reads what forward read. An
 * engine that pools its buffers gives a tensor's memory to the next one as soon as it is freed, and the gradient would be of
 * that, without an error. Where the owner's lifetime cannot be held up so long, give `{ copy: true }`: the buffer is then free
 * once `gpu.flush()` has resolved.
 */
export function fromBuffer<D extends DType = "f32">(
  gpu: Gpu,
  buffer: GPUBuffer,
  shape: Shape,
  options?: BufferOptions<D>,
): Tensor<D> {
  const { copy, ...others } = readOptions<BufferOptions<D>>("fromBuffer", options, { ...OPTIONS, copy: flag });
  const { dtype, requiresGrad, bytes } = prepare<D>("fromBuffer", gpu, shape, others as TensorOptions<D>);
  check("buffer", buffer, A_BUFFER);
  if (buffer.size < bytes)
    throw new ShapeError("buffer", `${buffer.size} bytes`, `at least ${bytes} bytes, for ${show(shape)} of ${dtype}`);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  const [needed, names] = copy ? [GPUBufferUsage.COPY_SRC, "COPY_SRC"] : [usage, "STORAGE, COPY_SRC and COPY_DST"];
  if ((buffer.usage & needed) !== needed)
    throw new ArgumentError("buffer", `usage ${buffer.usage}`, `usage with ${names}`);
  const size = Math.ceil(bytes / 4) * 4;
  const wrapped = gpu.wrap(buffer, size);
  if (!copy) return new Tensor(gpu, shape, dtype, wrapped, requiresGrad);
  const own = gpu.allocate(size);
  gpu.copy(wrapped, 0, own, 0, size);
  wrapped.release();
  return new Tensor(gpu, shape, dtype, own, requiresGrad);
}
