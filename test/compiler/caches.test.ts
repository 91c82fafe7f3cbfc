import { describe, expect, test } from "vitest";
import { forgetPlans } from "../../src/compiler/stages/plans.ts";
import { Gpu } from "../../src/gpu/index.ts";
import {
  apply,
  brightness,
  brightnessShift,
  type DType,
  declare,
  erasing,
  explain,
  gaussianBlur,
  grad,
  normalize,
  parameter,
  registry,
  resize,
  rotate,
  sequential,
  square,
  sum,
  Tensor,
  type Transform,
  tensor,
  uniform,
} from "../../src/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();

/** Pseudo-random numbers from a seed (Park and Miller 1988). */
function random(seed: number) {
  let state = seed;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  return {
    next,
    below: (n: number) => Math.floor(next() * n),
    of: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)],
  };
}

/** A call, as data: nothing in it belongs to a device. A value is a number, one per sample, or a tensor of either. */
type Value = { tensor: boolean; numbers: number | number[] };
interface Call {
  structure: number;
  shape: readonly number[];
  dtype: "f32" | "u8";
  values: Value[];
  option: number;
  backward: boolean;
  /** Leaves the result and the parameters undisposed until later. */
  keeps: boolean;
}

const SHAPES = [
  [2, 3, 4, 6],
  [3, 3, 4, 6],
  [2, 3, 6, 4],
] as const;
/** Few values, so that equal ones come again; zeros of either sign among them. */
const VALUES = [0.5, 0.25, -0, 0, 1];

const drawn = sequential(
  [brightness({ factor: uniform(0.5, 1.5), p: 0.5 }), brightnessShift({ shift: uniform(-0.1, 0.1) })],
  { seed: 3 },
);

type Made = number | number[] | Tensor;
const STRUCTURES: ((v: Made[], option: number, n: number) => Transform[])[] = [
  ([a, b]) => [brightness({ factor: a, clip: false }), brightnessShift({ shift: b, clip: false })],
  ([a, b], option) => [brightness({ factor: a, clip: option % 2 === 0 }), erasing({ x: b, y: 1, width: 2, height: 2 })],
  ([a, b], option, n) => [
    brightness({ factor: a, on: option % 3 ? Array.from({ length: n }, (_, i) => (i + option) % 2) : undefined }),
    brightnessShift({ shift: b }),
  ],
  ([a], option) => [
    rotate({ angle: a, padding: option % 2 ? "border" : "zeros" }),
    normalize({ mean: [0.1, 0.2, 0.3], std: [1, 2, 3] }),
  ],
  ([, b], option) => [
    gaussianBlur({
      sigma: 0.7,
      kernelSize: option % 2 ? [5, 3] : [3, 5],
    }),
    brightnessShift({ shift: b }),
  ],
  (_, option) => [resize({ width: 3, height: [3, 2][option % 2] })],
];

function drawCall(r: ReturnType<typeof random>): Call {
  const shape = r.of(SHAPES);
  const value = (): Value => ({
    tensor: r.below(3) === 0,
    numbers: r.below(2) ? r.of(VALUES) : Array.from({ length: shape[0] }, () => r.of(VALUES)),
  });
  return {
    structure: r.below(STRUCTURES.length + 1),
    shape,
    dtype: r.below(4) ? "f32" : "u8",
    values: [value(), value()],
    option: r.below(6),
    backward: r.below(2) === 0,
    keeps: r.below(3) === 0,
  };
}

/** Runs a call. `old` are tensors that earlier calls left; some of them are disposed of, in the middle. */
async function run(gpu: Gpu, call: Call, old: Tensor<DType>[]): Promise<ArrayLike<number>[]> {
  const { shape, dtype } = call;
  const size = shape.reduce((a, b) => a * b);
  const x = tensor(
    gpu,
    Array.from({ length: size }, (_, i) => (dtype === "u8" ? (i * 89) % 256 : ((i * 89) % 101) / 50 - 0.5)),
    [...shape],
    {
      dtype,
      requiresGrad: dtype === "f32",
    },
  );
  const values = call.values.map(({ tensor: isTensor, numbers }) => {
    if (!isTensor) return numbers;
    return parameter(gpu, typeof numbers === "number" ? [numbers] : numbers);
  });
  const structure = STRUCTURES[call.structure];
  const y = structure ? apply(x, structure(values, call.option, shape[0])) : drawn(x, { step: call.option });
  while (old.length > 4) old.shift()!.dispose();
  const inputs = [x, ...values.filter((v) => v instanceof Tensor)].filter(
    (each) =>
      each.requiresGrad && (each === x || (structure && usesTensor(structure(values, call.option, shape[0]), each))),
  );
  const gradients = call.backward && y.requiresGrad ? grad(sum(square(y)), inputs) : [];
  const results = await Promise.all([y, ...gradients].map((each) => each.read()));
  const left = [x, y, ...gradients, ...values.filter((v) => v instanceof Tensor)];
  if (call.keeps) old.push(...left);
  else for (const each of left) each.dispose();
  return results;
}

const usesTensor = (chain: Transform[], value: unknown): boolean =>
  chain.some(({ params }) => Object.values(params).includes(value as never));

describe("a call", () => {
  test.each([1, 2, 3])(
    "gives what it gives on a device of its own, whatever was called before: seed %d",
    async (seed) => {
      const r = random(seed);
      const calls = Array.from({ length: 60 }, () => drawCall(r));
      const old: Tensor<DType>[] = [];
      const together: ArrayLike<number>[][] = [];
      for (const call of calls) together.push(await run(device.gpu, call, old));
      for (const each of old) each.dispose();
      for (const [i, call] of calls.entries()) {
        forgetPlans();
        // Shares nothing but WebGPU's device, which knows equal pipelines when it sees them.
        const fresh = new Gpu(device.gpu.device, false, device.gpu.info);
        expect(await run(fresh, call, []), `call ${i}: ${JSON.stringify(call)}`).toEqual(together[i]);
        fresh.destroy();
      }
    },
  );

  test("with numbers, after one with numbers and tensors, has its own block", async () => {
    const { gpu } = device;
    const x = tensor(gpu, new Float32Array(16).fill(0.1), [1, 1, 4, 4]);
    const result = async (factor: number, shift: number | Tensor) =>
      (await apply(x, [brightness({ factor, clip: false }), brightnessShift({ shift, clip: false })]).read())[0];
    expect(await result(2, 0.1)).toBeCloseTo(0.3);
    expect(await result(5, tensor(gpu, [0.1]))).toBeCloseTo(0.6);
    expect(await result(5, 0.1)).toBeCloseTo(0.6);
  });
});

describe("a transform", () => {
  const declared = (
    name: string,
    wgsl: string,
    size?: (options: Record<string, unknown>) => readonly [number, number],
  ) => ({ name, kind: "point", module: `user::${name}`, wgsl, params: {}, size, doc: "", source: "" }) as const;
  const plus = (value: string) =>
    `struct Params { none: f32 }
fn forward(x: vec3f, p: Params) -> vec3f { return x + ${value}; }
fn backward(x: vec3f, p: Params, g: vec3f, gp: ptr<function, Params>) -> vec3f { return g; }`;

  test("of a name that was declared with other WGSL is itself, also beside the other", async () => {
    const { gpu } = device;
    const x = tensor(gpu, [0, 0, 0, 0], [1, 1, 2, 2]);
    const one = declare(declared("plusOfCaches", plus("1.0")))();
    (registry as Map<string, unknown>).delete("plusOfCaches");
    const two = declare(declared("plusOfCaches", plus("20.0")))();
    expect((await apply(x, one).read())[0]).toBe(1);
    expect((await apply(x, two).read())[0]).toBe(20);
    expect((await apply(x, [one, two, one]).read())[0]).toBe(22);
  });

  test("keeps its options when the caller's list of them changes", async () => {
    const { gpu } = device;
    const x = tensor(
      gpu,
      Float32Array.from({ length: 64 }, (_, i) => i % 7),
      [1, 1, 8, 8],
    );
    const kernelSize: [number, number] = [3, 3];
    const before = await apply(x, gaussianBlur({ sigma: 1, kernelSize })).read();
    kernelSize[0] = 7;
    expect(await apply(x, gaussianBlur({ sigma: 1, kernelSize: [3, 3] })).read()).toEqual(before);
    expect(await apply(x, gaussianBlur({ sigma: 1, kernelSize })).read()).not.toEqual(before);
  });
});

describe("a shape", () => {
  const chains: Transform[][] = [
    [rotate({ angle: 10 })],
    [brightness()],
    [gaussianBlur({ sigma: 1 })],
    [resize({ width: 3, height: 4 })],
    [],
  ];
  test.each(chains.map((chain) => [chain.map(({ declaration }) => declaration.name).join() || "none", chain] as const))(
    "of a result is nobody's to change: %s",
    (_, chain) => {
      const shape = [2, 1, 4, 8];
      const x = tensor(device.gpu, new Float32Array(64), shape, { requiresGrad: true });
      const plan = explain(chain, shape);
      const y = apply(x, chain);
      const expected = [...y.shape];
      shape[3] = 1000;
      for (const each of [
        x.shape,
        y.shape,
        plan.passes[0].input,
        plan.passes[0].output,
        grad(sum(y), [x])[0].shape,
        y.detach().shape,
      ])
        (each as number[]).reverse();
      expect([x.size, x.shape, y.shape, explain(chain, [2, 1, 4, 8]).passes[0].input]).toEqual([
        64,
        [2, 1, 4, 8],
        expected,
        [2, 1, 4, 8],
      ]);
      expect(apply(x, chain).shape).toEqual(expected);
    },
  );
});
