import { describe, expect, it } from "vitest";
import { bernoulli, type Estimator, sequential, uniform } from "../../src/augment/index.ts";
import { backward, mul, sum } from "../../src/autograd/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { ArgumentError } from "../../src/gpu/index.ts";
import { parameter, type Tensor, tensor } from "../../src/tensor/index.ts";
import {
  brightness,
  type CommonSettings,
  centerCrop,
  contrastAboutMean,
  gaussianBlur,
  horizontalFlip,
  rotate,
  type Transform,
} from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const N = 4;
const SHAPE = [N, 3, 8, 8];
const EACH = 3 * 64;

const noise = (seed: number): Float32Array =>
  Float32Array.from({ length: N * EACH }, (_, i) => Math.abs(Math.sin((i + 1) * seed) * 43758.5453) % 1);
const values = async (x: Tensor) => (await x.read()) as Float32Array;
/** The sum over each sample. */
const perSample = (f: (i: number) => number): number[] =>
  Array.from({ length: N }, (_, n) =>
    Array.from({ length: EACH }, (_, i) => f(n * EACH + i)).reduce((a, b) => a + b, 0),
  );

const transforms: [string, (settings: CommonSettings) => Transform][] = [
  ["a point", (settings) => brightness({ factor: 0.5, ...settings })],
  ["a point with a statistic", (settings) => contrastAboutMean({ factor: 0.5, ...settings })],
  ["a map", (settings) => rotate({ angle: 30, ...settings })],
  ["a flip", (settings) => horizontalFlip(settings)],
  ["a window", (settings) => gaussianBlur({ sigma: 1, kernelSize: 3, ...settings })],
];

describe("the gradient of p", () => {
  for (const [kind, make] of transforms) {
    for (const estimator of ["straightThrough", "relaxed"] as Estimator[]) {
      it(`of ${kind}, ${estimator}`, async () => {
        const { gpu } = device;
        const x = tensor(gpu, noise(12.9898), SHAPE);
        const weights = tensor(gpu, noise(78.233), SHAPE);
        const p = parameter(gpu, [0.5]);
        const temperature = estimator === "relaxed" ? 0.5 : undefined;
        const y = sequential([make({ p: bernoulli(p, { estimator, temperature }) })])(x, { step: 1 });
        backward(sum(mul(weights, y)));
        const [before, whole, after, w] = await Promise.all([x, apply(x, make({})), y, weights].map(values));
        const change = (i: number) => whole[i] - before[i];
        const lengths = perSample((i) => change(i) ** 2);
        const on = perSample((i) => (after[i] - before[i]) * change(i)).map((v, n) => v / lengths[n]);
        for (const side of on) {
          if (estimator === "straightThrough") expect(Math.min(Math.abs(side), Math.abs(side - 1))).toBeLessThan(1e-5);
          else expect(side > 0 && side < 1).toBe(true);
        }
        // The sigmoid of logit(p) / T has the slope on (1 - on) / (T p (1 - p)).
        const slopes = on.map((side) => (estimator === "relaxed" ? (side * (1 - side)) / (0.5 * 0.25) : 1));
        const expected = perSample((i) => w[i] * change(i)).reduce((total, v, n) => total + v * slopes[n], 0);
        expect(Math.abs((await p.grad!.item()) - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
      });
    }
  }
});

describe("a learned coin in a chain", () => {
  const chain = (p: number | Tensor) =>
    sequential([
      brightness({ factor: uniform(0.5, 0.9) }),
      rotate({ angle: uniform(-40, 40), p }),
      horizontalFlip({ p: 0.5 }),
      brightness({ factor: uniform(0.9, 1.1), p }),
    ]);

  it("applies what a coin of the same number applies", async () => {
    const x = tensor(device.gpu, noise(12.9898), SHAPE);
    for (let step = 0; step < 3; step++) {
      const plain = await values(chain(0.5)(x, { step }));
      const learned = await values(chain(parameter(device.gpu, [0.5]))(x, { step }));
      // A resample of its own rounds differently from one composed with the flip.
      expect(Math.max(...plain.map((v, i) => Math.abs(v - learned[i])))).toBeLessThan(1e-5);
    }
  });

  it("lets the gradient through to the image", async () => {
    const x = tensor(device.gpu, noise(12.9898), SHAPE, { requiresGrad: true });
    const gradient = async (p: number | Tensor) => {
      backward(sum(chain(p)(x, { step: 2 })));
      const result = await values(x.grad!);
      x.grad = null;
      return result;
    };
    const [plain, learned] = [await gradient(0.5), await gradient(parameter(device.gpu, [0.5]))];
    expect(Math.max(...plain.map((v, i) => Math.abs(v - learned[i])))).toBeLessThan(1e-4);
  });

  it("refuses a coin for what changes the size, and frees what it made", () => {
    const { gpu } = device;
    const x = tensor(gpu, noise(12.9898), SHAPE);
    const p = parameter(gpu, [0.5]);
    const bytes = gpu.stats.bytesInUse;
    for (const coin of [0.5, p]) {
      const pipeline = sequential([brightness({ factor: 0.5 }), centerCrop({ width: 4, height: 4, p: coin })]);
      expect(() => pipeline(x, { step: 0 })).toThrow(ArgumentError);
      expect(() => pipeline(x, { step: 0 })).toThrow(/^centerCrop\.p: got/);
    }
    expect(gpu.stats.bytesInUse).toBe(bytes);
  });
});
