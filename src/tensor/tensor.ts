import { disposeKey } from "../gpu/disposable.ts";
import { ArgumentError, describe, type Gpu, GraphError, ShapeError, Storage, TensorStateError } from "../gpu/index.ts";
import { byteLength, type DType, fromHalf, planeSize, planeStride, toHalf, valueCount } from "./dtype.ts";
import { count, frozen, type Shape, show } from "./shape.ts";
import { checkNesting, readValues, type Values } from "./values.ts";

/** What autograd hangs on a tensor; the tensor carries it, and says when nobody can ask it for a gradient any more. */
export interface Origin {
  /** Name of the operation. */
  readonly name: string;
  /** Counts a tensor that it made. */
  retain(): void;
  /** A tensor that it made was disposed of. */
  release(): void;
}

/** What reading a tensor gives: bytes for `u8` and `rgba8`, else numbers. */
export type ValuesOf<D extends DType> = D extends "u8" | "rgba8" ? Uint8Array : Float32Array;

/** Numbers on the GPU, with a shape. Images are `[N, C, H, W]`, planar, RGB, 0..1. */
export class Tensor<D extends DType = "f32"> {
  readonly #shape: Shape;
  /** Gradient that {@link backward} accumulated; null before. */
  grad: Tensor | null = null;
  #storage: Storage | null;

  /** @internal */
  constructor(
    /** Where it lives. */
    readonly gpu: Gpu,
    shape: Shape,
    /** How its values are stored. */
    readonly dtype: D,
    storage: Storage,
    /** Whether gradients flow to this tensor. */
    readonly requiresGrad: boolean = false,
    /**
     * The step of the graph that made it; null for a leaf.
     * @internal
     */
    readonly origin: Origin | null = null,
  ) {
    if (!(storage instanceof Storage))
      throw new ArgumentError(
        "storage",
        describe(storage),
        "nothing: tensors are made by tensor(), zeros() and their like",
      );
    this.#shape = frozen(shape);
    this.#storage = storage;
    origin?.retain();
    gpu.track(this, !requiresGrad || origin !== null);
  }

  /** Its sizes: a copy, the caller's to change. */
  get shape(): Shape {
    return [...this.#shape];
  }

  /**
   * Its sizes themselves, frozen: for what asks at every step, and for other tensors of the shape.
   * @internal
   */
  get sizes(): Shape {
    return this.#shape;
  }

  /**
   * The buffer, for passes. @throws TensorStateError when the tensor was disposed of or its device lost
   * @internal
   */
  get storage(): Storage {
    if (!this.#storage)
      throw new TensorStateError(`This tensor ${show(this.shape)} was disposed of; it cannot be used again.`);
    return this.#storage;
  }

  /** The raw `GPUBuffer`, dense and row-major for f32. Valid until the tensor is disposed of; flush before another engine reads it. */
  get buffer(): GPUBuffer {
    return this.storage.buffer;
  }

  /** Whether it was disposed of; it cannot be used again then. */
  get disposed(): boolean {
    return this.#storage === null;
  }

  /** How many values it has. */
  get size(): number {
    return count(this.#shape);
  }

  /** Bytes of its values; the buffer may be larger. */
  get byteLength(): number {
    return byteLength(this.#shape, this.dtype);
  }

  /** The same values, cut off from the graph. Shares memory. */
  detach(): Tensor<D> {
    return new Tensor(this.gpu, this.#shape, this.dtype, this.storage.retain());
  }

  /** The values, as soon as the GPU has them: `Float32Array`, or `Uint8Array` for u8 images. */
  async read(): Promise<ValuesOf<D>> {
    const storage = this.storage;
    const { shape, dtype } = this;
    const raw = await this.gpu.read(storage, this.byteLength);
    return unpack(raw, shape, dtype) as ValuesOf<D>;
  }

  /** The single value of a tensor of one element. */
  async item(): Promise<number> {
    if (this.size !== 1) throw new ArgumentError("tensor", show(this.shape), "a tensor of one element");
    return (await this.read())[0];
  }

  /** Replaces all values in place; four bytes a pixel for `rgba8`. A graph that has saved this tensor refuses to run backward afterwards. */
  write(data: Values): this {
    const flat = readValues(data);
    const expected = valueCount(this.shape, this.dtype);
    checkNesting(flat, this.shape);
    if (flat.values.length !== expected)
      throw new ShapeError("data", `${flat.values.length} values`, `${expected} values, for ${show(this.shape)}`);
    this.gpu.write(this.storage, pack(flat.values, this.shape, this.dtype));
    return this;
  }

  /**
   * Replaces all values in place by those of another tensor, on the GPU, without reading anything back: what an average of
   * weights, a target network, or a projection such as `p.copyFrom(clamp(p, 0, 1))` needs. Only values are copied, in the
   * order of commands: no gradient flows to `source`, as with `write`. A graph that has saved this tensor refuses to run
   * backward afterwards.
   * @param source of this tensor's shape and dtype, on its device; it may share this tensor's memory
   * @throws ArgumentError when it is not; GraphError when this tensor is the result of an operation, whose gradients would
   * then be those of other values: use `detach()` to overwrite such memory on purpose
   */
  copyFrom(source: Tensor<D>): this {
    const argument = "source of copyFrom()";
    if (!(source instanceof Tensor)) throw new ArgumentError(argument, describe(source), "a tensor");
    if (source.gpu !== this.gpu) throw new ArgumentError(argument, "a tensor of another device", "one of this device");
    this.gpu.assertAlive();
    const { storage, shape, dtype } = this;
    if (source.dtype !== dtype)
      throw new ArgumentError(argument, `a tensor of ${source.dtype}`, `a tensor of ${dtype}: use cast() first`);
    if (source.shape.length !== shape.length || source.shape.some((size, i) => size !== shape[i]))
      throw new ShapeError(argument, show(source.shape), show(shape));
    if (this.origin) {
      const words = `This tensor is the result of "${this.origin.name}": its gradients would be those of other values.`;
      throw new GraphError(`${words} Copy into a parameter, or into detach() of it.`);
    }
    const from = source.storage;
    if (from === storage) return this;
    this.gpu.copy(from, 0, storage, 0, Math.ceil(this.byteLength / 4) * 4);
    storage.version++;
    return this;
  }

  /**
   * Frees the memory; the pool hands it to the next tensor of the size. What the graph saved for its backward is freed too,
   * unless another tensor was computed from this one.
   */
  dispose(): void {
    if (this.#storage) {
      this.#storage.release();
      this.#storage = null;
      this.origin?.release();
      this.gpu.untrack(this);
    }
    this.grad?.dispose();
    this.grad = null;
  }

  /** `tensor [2, 3] of f32`, and whether it learns. */
  toString(): string {
    const state = this.disposed ? ", disposed of" : this.requiresGrad ? ", requires a gradient" : "";
    return `tensor ${show(this.shape)} of ${this.dtype}${state}`;
  }

  /** @internal */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** Frees the memory: for `using x = tensor(...)`. */
  [disposeKey](): void {
    this.dispose();
  }
}

/** Typed values in the layout of a dtype. */
export function pack(data: ArrayLike<number>, shape: Shape, dtype: DType): Float32Array | Uint16Array | Uint8Array {
  if (dtype === "f32") return data instanceof Float32Array ? data : Float32Array.from(data);
  if (dtype !== "f16") checkBytes(data);
  if (dtype === "rgba8") return data instanceof Uint8Array ? data : Uint8Array.from(data);
  const plane = planeSize(shape);
  const stride = planeStride(shape, dtype);
  const planes = count(shape) / plane;
  const out = dtype === "f16" ? new Uint16Array(planes * stride) : new Uint8Array(planes * stride);
  if (dtype === "u8" && stride === plane && data instanceof Uint8Array) return data;
  for (let p = 0; p < planes; p++) {
    for (let i = 0; i < plane; i++) {
      const value = data[p * plane + i];
      out[p * stride + i] = dtype === "f16" ? toHalf(value) : value;
    }
  }
  return out;
}

/** Values of a type that is no byte would be cut off in silence; 0..1 is for the other storage types. */
function checkBytes(data: ArrayLike<number>): void {
  if (data instanceof Uint8Array || data instanceof Uint8ClampedArray) return;
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (!(Number.isInteger(value) && value >= 0 && value <= 255))
      throw new ArgumentError(`data[${i}]`, String(value), "whole numbers from 0 to 255, for u8 and rgba8");
  }
}

function unpack(raw: ArrayBuffer, shape: Shape, dtype: DType): Float32Array | Uint8Array {
  if (dtype === "f32") return new Float32Array(raw);
  if (dtype === "rgba8") return new Uint8Array(raw);
  const plane = planeSize(shape);
  const stride = planeStride(shape, dtype);
  const planes = count(shape) / plane;
  const words = dtype === "f16" ? new Uint16Array(raw) : new Uint8Array(raw);
  const out = dtype === "f16" ? new Float32Array(planes * plane) : new Uint8Array(planes * plane);
  for (let p = 0; p < planes; p++) {
    for (let i = 0; i < plane; i++) {
      const word = words[p * stride + i];
      out[p * plane + i] = dtype === "f16" ? fromHalf(word) : word;
    }
  }
  return out;
}
