import { ArgumentError, Gpu, LimitError, ShapeError } from "../gpu/index.ts";
import { byteLength, DTYPES, type DType, valueCount } from "./dtype.ts";
import { checkShape, type Shape, show } from "./shape.ts";
import { pack, Tensor } from "./tensor.ts";

/** How to make a tensor. */
export interface TensorOptions {
  /** Storage type, `f32` unless given. */
  dtype?: DType;
  /** Whether gradients flow to it. */
  requiresGrad?: boolean;
}

function check(gpu: Gpu, shape: Shape, options: TensorOptions): DType {
  if (!(gpu instanceof Gpu)) throw new ArgumentError("gpu", typeof gpu, "what requestGpu() or adoptDevice() returned");
  gpu.assertAlive();
  checkShape(shape);
  const dtype = options.dtype ?? "f32";
  if (!DTYPES.includes(dtype)) throw new ArgumentError("dtype", String(dtype), DTYPES.join(", "));
  if (dtype === "rgba8" && (shape.length !== 4 || (shape[1] !== 3 && shape[1] !== 4))) {
    throw new ShapeError("shape", show(shape), "[N, 3, H, W] or [N, 4, H, W] for rgba8");
  }
  if (options.requiresGrad && dtype !== "f32" && dtype !== "f16") {
    throw new ArgumentError("requiresGrad", `true for ${dtype}`, "true only for f32 and f16");
  }
  const bytes = byteLength(shape, dtype);
  if (bytes > gpu.limits.maxBufferSize)
    throw new LimitError("maxBufferSize", bytes, gpu.limits.maxBufferSize, `A tensor ${show(shape)} of ${dtype}`);
  return dtype;
}

/**
 * A tensor from numbers, in row-major order (planar for images).
 * @param data as many values as the shape has; 0..255 for `u8`, four bytes a pixel for `rgba8`
 * @throws ShapeError when the counts differ, LimitError when the device cannot hold it
 */
export function tensor(gpu: Gpu, data: ArrayLike<number> | number, shape?: Shape, options: TensorOptions = {}): Tensor {
  const values = typeof data === "number" ? [data] : data;
  const size = shape ?? (typeof data === "number" ? [] : [values.length]);
  const dtype = check(gpu, size, options);
  const expected = valueCount(size, dtype);
  if (values.length !== expected)
    throw new ShapeError("data", `${values.length} values`, `${expected} values, for shape ${show(size)}`);
  const bytes = pack(values, size, dtype);
  const storage = gpu.upload(bytes, byteLength(size, dtype));
  return new Tensor(gpu, size, dtype, storage, options.requiresGrad);
}

/** A leaf that learns: `tensor` with `requiresGrad`. */
export function parameter(gpu: Gpu, data: ArrayLike<number> | number, shape?: Shape): Tensor {
  return tensor(gpu, data, shape, { requiresGrad: true });
}

/** A tensor whose every value is `value`. */
export function full(gpu: Gpu, shape: Shape, value: number, options: TensorOptions = {}): Tensor {
  const dtype = check(gpu, shape, options);
  if (value === 0) {
    const storage = gpu.allocate(byteLength(shape, dtype));
    gpu.clear(storage);
    return new Tensor(gpu, shape, dtype, storage, options.requiresGrad);
  }
  return tensor(gpu, new Float32Array(valueCount(shape, dtype)).fill(value), shape, options);
}

/** A tensor of zeros. */
export const zeros = (gpu: Gpu, shape: Shape, options?: TensorOptions): Tensor => full(gpu, shape, 0, options);
/** A tensor of ones. */
export const ones = (gpu: Gpu, shape: Shape, options?: TensorOptions): Tensor => full(gpu, shape, 1, options);

/** A tensor with undefined contents, for a pass to write. */
export function empty(gpu: Gpu, shape: Shape, dtype: DType = "f32"): Tensor {
  check(gpu, shape, { dtype });
  return new Tensor(gpu, shape, dtype, gpu.allocate(byteLength(shape, dtype)));
}

/**
 * A caller's buffer as a tensor, without a copy: dense, row-major. The caller keeps the buffer alive, and does not destroy
 * it before what uses it is submitted. Needs usage STORAGE, COPY_SRC and COPY_DST.
 */
export function fromBuffer(gpu: Gpu, buffer: GPUBuffer, shape: Shape, options: TensorOptions = {}): Tensor {
  const dtype = check(gpu, shape, options);
  const bytes = byteLength(shape, dtype);
  if (buffer.size < bytes)
    throw new ShapeError("buffer", `${buffer.size} bytes`, `at least ${bytes} bytes, for ${show(shape)} of ${dtype}`);
  const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
  if ((buffer.usage & usage) !== usage)
    throw new ArgumentError("buffer", `usage ${buffer.usage}`, "usage with STORAGE, COPY_SRC and COPY_DST");
  return new Tensor(gpu, shape, dtype, gpu.wrap(buffer), options.requiresGrad);
}
