/** The part of TensorFlow.js 4.22 that the benchmark uses: its own types are there only after install.mjs. */

export interface Tensor {
  readonly shape: number[];
  data(): Promise<Float32Array>;
  dispose(): void;
}

type Operand = Tensor | number;

export interface WebGpuBackend {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
}

export interface Tf {
  version_core: string;
  WebGPUBackend: new (device: GPUDevice, adapterInfo?: GPUAdapterInfo) => WebGpuBackend;
  registerBackend(name: string, make: () => WebGpuBackend | Promise<WebGpuBackend>, priority?: number): boolean;
  removeBackend(name: string): void;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  backend(): WebGpuBackend;

  tidy<T>(fn: () => T): T;
  dispose(tensors: Tensor | Tensor[]): void;
  valueAndGrads(f: (...x: Tensor[]) => Tensor): (x: Tensor[], dy: Tensor) => { value: Tensor; grads: Tensor[] };
  customGrad(
    f: (
      x: Tensor,
      save: (tensors: Tensor[]) => void,
    ) => { value: Tensor; gradFunc: (dy: Tensor, saved: Tensor[]) => Tensor },
  ): (x: Tensor) => Tensor;

  tensor(values: Float32Array | Int32Array | number[], shape: number[], dtype?: "float32" | "int32"): Tensor;
  ones(shape: number[]): Tensor;
  eye(size: number): Tensor;
  add(a: Operand, b: Operand): Tensor;
  sub(a: Operand, b: Operand): Tensor;
  mul(a: Operand, b: Operand): Tensor;
  div(a: Operand, b: Operand): Tensor;
  mod(a: Operand, b: Operand): Tensor;
  pow(a: Operand, b: Operand): Tensor;
  minimum(a: Operand, b: Operand): Tensor;
  maximum(a: Operand, b: Operand): Tensor;
  greaterEqual(a: Operand, b: Operand): Tensor;
  where(condition: Tensor, a: Operand, b: Operand): Tensor;
  square(x: Tensor): Tensor;
  exp(x: Tensor): Tensor;
  floor(x: Tensor): Tensor;
  reciprocal(x: Tensor): Tensor;
  clipByValue(x: Tensor, from: number, to: number): Tensor;
  cast(x: Tensor, dtype: "int32" | "float32" | "bool"): Tensor;
  sum(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  mean(x: Tensor, axis?: number | number[], keepDims?: boolean): Tensor;
  reshape(x: Tensor, shape: number[]): Tensor;
  transpose(x: Tensor, permutation: number[]): Tensor;
  reverse(x: Tensor, axis: number): Tensor;
  slice(x: Tensor, begin: number[], size: number[]): Tensor;
  split(x: Tensor, parts: number | number[], axis: number): Tensor[];
  stack(x: Tensor[], axis: number): Tensor;
  unstack(x: Tensor, axis: number): Tensor[];
  concat(x: Tensor[], axis: number): Tensor;
  pad(x: Tensor, widths: [number, number][]): Tensor;
  mirrorPad(x: Tensor, widths: [number, number][], mode: "reflect"): Tensor;
  gather(x: Tensor, indices: Tensor): Tensor;
  scatterND(indices: Tensor, updates: Tensor, shape: number[]): Tensor;
  matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  depthwiseConv2d(x: Tensor, filter: Tensor, strides: number, padding: "valid"): Tensor;
  image: {
    transform(
      x: Tensor,
      matrices: Tensor,
      interpolation: "bilinear",
      fill: "constant",
      value: number,
      size: [number, number],
    ): Tensor;
  };
}
