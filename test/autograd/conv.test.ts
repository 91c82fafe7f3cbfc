import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as ops from "../../src/autograd/index.ts";
import { ArgumentError, ShapeError } from "../../src/gpu/index.ts";
import { adam } from "../../src/optim/index.ts";
import { count, parameter, type Shape, tensor } from "../../src/tensor/index.ts";
import { testGpu } from "../gpu.ts";
import { values } from "./values.ts";

const device = testGpu();

interface Settings {
  stride: readonly [number, number];
  /** Before and after, down and across. */
  border: readonly [readonly [number, number], readonly [number, number]];
  dilation: readonly [number, number];
  groups: number;
}

const outputOf = ([n, , ...size]: Shape, [o, , ...kernel]: Shape, { stride, border, dilation }: Settings): number[] => [
  n,
  o,
  ...size.map(
    (s, i) => Math.floor((s + border[i][0] + border[i][1] - dilation[i] * (kernel[i] - 1) - 1) / stride[i]) + 1,
  ),
];

/** By its definition, in float64. */
function convolved(
  x: ArrayLike<number>,
  xs: Shape,
  w: ArrayLike<number>,
  ws: Shape,
  s: Settings,
  bias?: ArrayLike<number>,
) {
  const [, c, h, width] = xs;
  const [o, inputs, kh, kw] = ws;
  const [n, , oh, ow] = outputOf(xs, ws, s);
  const y: number[] = [];
  for (let b = 0; b < n; b++)
    for (let out = 0; out < o; out++) {
      const first = Math.floor(out / (o / s.groups)) * inputs;
      for (let r = 0; r < oh; r++)
        for (let q = 0; q < ow; q++) {
          let sum = bias ? bias[out] : 0;
          for (let i = 0; i < inputs; i++)
            for (let ky = 0; ky < kh; ky++)
              for (let kx = 0; kx < kw; kx++) {
                const [row, column] = [
                  r * s.stride[0] + ky * s.dilation[0] - s.border[0][0],
                  q * s.stride[1] + kx * s.dilation[1] - s.border[1][0],
                ];
                if (row < 0 || row >= h || column < 0 || column >= width) continue;
                sum +=
                  w[((out * inputs + i) * kh + ky) * kw + kx] * x[((b * c + first + i) * h + row) * width + column];
              }
          y.push(sum);
        }
    }
  return Float64Array.from(y);
}

const around = (y: number, x = y): Settings["border"] => [
  [y, y],
  [x, x],
];
const plain: Settings = { stride: [1, 1], border: around(0), dilation: [1, 1], groups: 1 };

describe("conv2d", () => {
  test("of any sizes and settings is as its definition says, gradients included", async () => {
    const small = (max: number, min = 1) => fc.integer({ min, max });
    const pair = (max: number, min = 1) => fc.tuple(small(max, min), small(max, min));
    const cases = fc.record({
      n: small(3),
      groups: small(3),
      channels: pair(5),
      kernel: pair(4),
      stride: pair(3),
      padding: pair(3, 0),
      dilation: pair(3),
      extra: pair(7, 0),
      biased: fc.boolean(),
      shift: fc.nat(99),
    });
    const property = fc.asyncProperty(cases, async (given) => {
      const { n, groups, channels, kernel, stride, padding, dilation, extra, biased, shift } = given;
      // At least as large as what the kernel sees.
      const size = kernel.map((k, i) => Math.max(1, dilation[i] * (k - 1) + 1 - 2 * padding[i]) + extra[i]);
      const xs = [n, channels[0] * groups, ...size];
      const ws = [channels[1] * groups, channels[0], ...kernel];
      const settings = { stride, border: around(...padding), dilation, groups };
      const x = parameter(device.gpu, values(count(xs), -1, 1, shift), xs);
      const weight = parameter(device.gpu, values(count(ws), -1, 1, shift + 1), ws);
      const bias = parameter(device.gpu, values(ws[0], -1, 1, shift + 2));
      const options = { stride, padding, dilation, groups };
      await ops.assertGradients(
        (v, w, b) => ops.conv2d(v, w, biased ? { ...options, bias: b } : options),
        biased ? [x, weight, bias] : [x, weight],
        { reference: ([v, w, b]) => convolved(v, xs, w, ws, settings, b), samples: 9, name: JSON.stringify(given) },
      );
      for (const used of [x, weight, bias]) used.dispose();
    });
    await fc.assert(property, { numRuns: 30 });
  });

  test("pads as the words say: the odd row and column at the end", async () => {
    const [xs, ws] = [
      [2, 2, 5, 6],
      [3, 2, 2, 4],
    ];
    const x = parameter(device.gpu, values(count(xs)), xs);
    const w = parameter(device.gpu, values(count(ws)), ws);
    const same: Settings = {
      ...plain,
      border: [
        [0, 1],
        [1, 2],
      ],
    };
    await ops.assertGradients((v, k) => ops.conv2d(v, k, { padding: "same" }), [x, w], {
      reference: ([v, k]) => convolved(v, xs, k, ws, same),
      samples: 20,
    });
    expect(ops.conv2d(x, w, { padding: "same" }).shape).toEqual([2, 3, 5, 6]);
    const valid = await ops.conv2d(x, w, { padding: "valid" }).read();
    expect([...valid]).toEqual([...(await ops.conv2d(x, w).read())]);
  });

  test("sums many rows in several chunks, with equal bits every time", async () => {
    const [xs, ws] = [
      [4, 3, 40, 37],
      [6, 3, 3, 3],
    ];
    const x = tensor(device.gpu, values(count(xs), -1, 1), xs);
    const w = parameter(device.gpu, values(count(ws), -1, 1, 1), ws);
    const b = parameter(device.gpu, values(6));
    const settings = { ...plain, border: around(1) };
    const f = (k: typeof w, c: typeof b) => ops.conv2d(x, k, { bias: c, padding: 1 });
    const data = await x.read();
    await ops.assertGradients(f, [w, b], {
      reference: ([k, c]) => convolved(data, xs, k, ws, settings, c),
      samples: 4,
    });
    const bits = async () => {
      const parts = ops.grad(ops.sum(ops.square(f(w, b))), [w, b]);
      return Promise.all(parts.map(async (part) => [...(await part.read())]));
    };
    expect(await bits()).toEqual(await bits());
  });

  test("takes one dispatch forward and three backward, and nothing new in steady state", async () => {
    const x = parameter(device.gpu, values(2 * 3 * 8 * 8), [2, 3, 8, 8]);
    const w = parameter(device.gpu, values(4 * 3 * 9), [4, 3, 3, 3]);
    const bias = parameter(device.gpu, values(4));
    const gradient = tensor(device.gpu, values(2 * 4 * 8 * 8), [2, 4, 8, 8]);
    const step = async () => {
      using y = ops.conv2d(x, w, { bias, padding: 1 });
      for (const part of ops.grad(y, [x, w, bias], { gradient })) part.dispose();
      await device.gpu.sync();
    };
    for (let i = 0; i < 3; i++) await step();
    const before = { ...device.gpu.stats };
    await step();
    const after = device.gpu.stats;
    expect(after.dispatches - before.dispatches).toBeLessThanOrEqual(4 + 1);
    for (const key of ["buffersCreated", "pipelinesCreated", "bindGroupsCreated", "bytesInUse"] as const)
      expect(after[key], key).toBe(before[key]);
  });

  test("a layer learns, step by step as in float64", async () => {
    const [xs, ws] = [
      [2, 1, 8, 8],
      [2, 1, 3, 3],
    ];
    const images = values(count(xs), 0, 1);
    const settings = { ...plain, border: around(1) };
    const target = convolved(images, xs, values(count(ws), -1, 1, 7), ws, settings, [0.3, -0.2]);
    const x = tensor(device.gpu, images, xs);
    const goal = tensor(device.gpu, [...target], [2, 2, 8, 8]);
    const weight = parameter(device.gpu, values(count(ws), -0.1, 0.1, 3), ws);
    const bias = parameter(device.gpu, [0, 0]);
    const optimizer = adam([weight, bias], { learningRate: 0.02 });

    // The same in float64: the gradient of the mean square by its definition, and Adam's formula.
    const p = [...(await weight.read()), ...(await bias.read())];
    const [m, v] = [p.map(() => 0), p.map(() => 0)];
    const predicted = (q: number[]) => convolved(images, xs, q.slice(0, 18), ws, settings, q.slice(18));
    const reference = (t: number): number => {
      const error = predicted(p).map((y, i) => y - target[i]);
      const zero = predicted(p.map(() => 0));
      const slopes = p.map((_, k) => {
        const one = predicted(p.map((_, j) => Number(j === k)));
        return error.reduce((sum, e, i) => sum + (2 * e * (one[i] - zero[i])) / error.length, 0);
      });
      slopes.forEach((g, k) => {
        m[k] = 0.9 * m[k] + 0.1 * g;
        v[k] = 0.999 * v[k] + 0.001 * g * g;
        p[k] -= (0.02 * (m[k] / (1 - 0.9 ** t))) / (Math.sqrt(v[k] / (1 - 0.999 ** t)) + 1e-8);
      });
      return error.reduce((sum, e) => sum + e * e, 0) / error.length;
    };

    const losses: number[] = [];
    for (let t = 1; t <= 12; t++) {
      using scope = device.gpu.scope();
      const loss = ops.mean(ops.square(ops.sub(ops.conv2d(x, weight, { bias, padding: 1 }), goal)));
      ops.backward(loss);
      optimizer.step();
      optimizer.zeroGrad();
      scope.keep(loss);
      losses.push(await loss.item());
      expect(Math.abs(losses[t - 1] - reference(t))).toBeLessThan(1e-5 * Math.max(1, losses[t - 1]));
      if (t > 1) expect(losses[t - 1]).toBeLessThan(losses[t - 2]);
      loss.dispose();
    }
    const learned = [...(await weight.read()), ...(await bias.read())];
    learned.forEach((value, k) => expect(value).toBeCloseTo(p[k], 4));
  });

  test("refuses what does not fit", () => {
    const make = (shape: number[]) => tensor(device.gpu, values(count(shape)), shape);
    const [x, w] = [make([1, 4, 5, 5]), make([2, 4, 3, 3])];
    const call = (options: unknown) => () => ops.conv2d(x, w, options as never);
    expect(() => ops.conv2d(make([4, 5, 5]), w)).toThrow(/x of conv2d\(\): got \[4, 5, 5\]; allowed is \[N, C, H, W\]/);
    expect(() => ops.conv2d(x, make([2, 3, 3, 3]))).toThrow(/weight of conv2d\(\).*\[O, 4, KH, KW\]/);
    expect(() => ops.conv2d(x, make([4, 3, 3]))).toThrow(ShapeError);
    expect(() => ops.conv2d(x, make([3, 2, 3, 3]), { groups: 2 })).toThrow(/O a multiple of 2/);
    expect(() => ops.conv2d(x, w, { groups: 3 })).toThrow(ShapeError);
    expect(() => ops.conv2d(x, make([1, 4, 6, 2]))).toThrow(/a kernel that sees \[6, 2\].*at most .*\[5, 5\]/);
    expect(call({ bias: make([3]) })).toThrow(/bias of conv2d\(\): got \[3\]; allowed is \[2\]/);
    expect(call({ padding: "same", stride: 2 })).toThrow(/padding of conv2d\(\)/);
    for (const wrong of [0, -1, 1.5, Number.NaN, "1", null, [], [1], [1, 0], [1, 1, 1], {}])
      for (const name of ["stride", "dilation"])
        expect(call({ [name]: wrong }), `${name} ${wrong}`).toThrow(ArgumentError);
    for (const wrong of [-1, 0.5, "full", null, [1], [1, -1]]) expect(call({ padding: wrong })).toThrow(ArgumentError);
    for (const wrong of [0, 1.5, null, [1]]) expect(call({ groups: wrong })).toThrow(ArgumentError);
    for (const wrong of [
      null,
      "same",
      1,
      [],
      x,
      { bias: null },
      { bias: [0, 0] },
      { kernelSize: 3 },
      { dilatation: 2 },
    ])
      expect(call(wrong), String(wrong)).toThrow(ArgumentError);
    expect(call({ strides: 2 })).toThrow(/^options\.strides: .*did you mean "stride".*options of conv2d\(\)/);
    expect(() => ops.conv2d(null as never, w)).toThrow(/^x of conv2d\(\): got/);
    expect(() => ops.conv2d(x, [[1]] as never)).toThrow(/^weight of conv2d\(\): got/);
  });
});
