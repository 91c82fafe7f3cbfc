import { describe, expect, it } from "vitest";
import { sequential } from "../../src/augment/index.ts";
import { abs, backward, grad, mean, mul, square, sub, sum } from "../../src/autograd/index.ts";
import { apply } from "../../src/compiler/index.ts";
import { adam } from "../../src/optim/index.ts";
import { type LearnablePolicyOptions, learnablePolicy } from "../../src/policies/index.ts";
import { type Tensor, tensor } from "../../src/tensor/index.ts";
import { invert } from "../../src/transforms/index.ts";
import { testGpu } from "../gpu.ts";

const device = testGpu();
const values = async (x: Tensor) => (await x.read()) as Float32Array;

const SHAPE = [4, 3, 5, 6];
const SIZE = SHAPE.reduce((a, b) => a * b);
const pixels = Float32Array.from(
  { length: SIZE },
  (_, i) => 0.1 + 0.4 * (Math.abs(Math.sin((i + 1) * 12.9898) * 43758.5453) % 1),
);
const images = (requiresGrad = false) => tensor(device.gpu, pixels, SHAPE, { requiresGrad });

describe("gradients", () => {
  // Smooth in its magnitude: colours are not clipped, and places lie between pixels.
  const options: LearnablePolicyOptions = {
    operations: ["brightness", "rotate", "invert", "identity"],
    subPolicies: 2,
    length: 2,
    temperature: 0.7,
    magnitude: 0.15,
  };

  it("of weights, probabilities, magnitudes and images are those of differences", async () => {
    const { gpu } = device;
    const policy = learnablePolicy(gpu, options);
    const w = tensor(
      gpu,
      Float32Array.from({ length: SIZE }, (_, i) => Math.cos(i * 1.7)),
      SHAPE,
    );
    const x = images(true);
    const loss = (at: Tensor) => sum(mul(policy(at, { step: 3, seed: 2 }), w));
    const found = await Promise.all(grad(loss(x), [...policy.parameters, x]).map(values));
    for (const [p, of] of policy.parameters.entries()) {
      const start = (await values(of)).slice();
      const direction = Float32Array.from(start, (_, i) => Math.sin(i * 2.3 + p));
      const moved = async (by: number) => {
        of.write(start.map((v, i) => v + by * direction[i]));
        return (await values(loss(images())))[0];
      };
      const h = 0.02;
      const numeric = ((await moved(h)) - (await moved(-h))) / (2 * h);
      of.write(start);
      const analytic = found[p].reduce((total, g, i) => total + g * direction[i], 0);
      expect(Math.abs(analytic)).toBeGreaterThan(0.01);
      expect(Math.abs(analytic - numeric) / Math.abs(numeric), `parameter ${p}`).toBeLessThan(0.01);
    }
    const step = Float32Array.from(pixels, (_, i) => Math.sin(i * 0.9));
    const along = async (h: number) =>
      (
        await values(
          loss(
            tensor(
              gpu,
              pixels.map((v, i) => v + h * step[i]),
              SHAPE,
            ),
          ),
        )
      )[0];
    const numeric = ((await along(0.01)) - (await along(-0.01))) / 0.02;
    expect(found[3].reduce((total, g, i) => total + g * step[i], 0)).toBeCloseTo(numeric, 1);
  });

  it("straight-through: an image gets one operation or none, with the gradients of the mixture", async () => {
    const operations = ["invert", "solarize"] as const;
    const policyOf = (estimator: "relaxed" | "straightThrough", probability: number) =>
      learnablePolicy(device.gpu, { operations, length: 1, estimator, magnitude: 0.7, probability });
    const each = SIZE / SHAPE[0];
    const results = [pixels, pixels.map((v) => 1 - v), pixels.map((v) => (v >= 0.3 ? 1 - v : v))];
    /** Which of the results the images of some steps are: not one of them is another. */
    const got = async (probability: number): Promise<number[]> => {
      const counts = [0, 0, 0];
      const policy = policyOf("straightThrough", probability);
      for (let step = 0; step < 8; step++) {
        const y = await values(policy(images(), { step }));
        for (let i = 0; i < SHAPE[0]; i++) {
          const same = (of: Float32Array) =>
            y.subarray(i * each, (i + 1) * each).every((v, k) => Math.abs(v - of[i * each + k]) < 1e-5);
          const which = results.findIndex(same);
          expect(which, `step ${step}, image ${i}`).toBeGreaterThanOrEqual(0);
          counts[which]++;
        }
      }
      return counts;
    };
    const [none, inverted, solarized] = await got(0.5);
    for (const count of [none, inverted, solarized]) expect(count).toBeGreaterThan(2);
    const [never, ...always] = await got(0.9999);
    expect(never).toBe(0);
    for (const count of always) expect(count).toBeGreaterThan(8);
    const slopes = await Promise.all(
      (["relaxed", "straightThrough"] as const).map(async (estimator) => {
        const policy = policyOf(estimator, 0.5);
        const found = grad(sum(policy(images(), { step: 1 })), policy.parameters.slice(0, 2));
        return Promise.all(found.map(values));
      }),
    );
    for (const [p, of] of slopes[0].entries()) {
      expect(Math.max(...of.map(Math.abs))).toBeGreaterThan(0.01);
      of.forEach((g, k) => expect(slopes[1][p][k]).toBeCloseTo(g, 3));
    }
  });
});

it("a draw depends on seed, step and sample, and on nothing else", async () => {
  const policy = learnablePolicy(device.gpu, { operations: ["invert", "brightness"], subPolicies: 3 });
  const whole = await values(policy(images(), { step: 5, seed: 1 }));
  expect(await values(policy(images(), { step: 5, seed: 1 }))).toEqual(whole);
  expect(await values(policy(images(), { step: 6, seed: 1 }))).not.toEqual(whole);
  const each = SIZE / SHAPE[0];
  const one = tensor(device.gpu, pixels.slice(2 * each, 3 * each), [1, ...SHAPE.slice(1)]);
  expect(await values(policy(one, { step: 5, seed: 1, samples: [2] }))).toEqual(whole.slice(2 * each, 3 * each));
});

/** Trains a policy by a loss of what it makes of the images. */
async function train(options: LearnablePolicyOptions, loss: (y: Tensor, x: Tensor) => Tensor, steps = 60) {
  const policy = learnablePolicy(device.gpu, options);
  const optimizer = adam(policy.parameters, { learningRate: 0.1 });
  for (let step = 0; step < steps; step++) {
    using scope = device.gpu.scope();
    const x = images();
    backward(loss(policy(x, { step }), x));
    optimizer.step();
    optimizer.zeroGrad();
    void scope;
  }
  return policy;
}

describe("learns from a gradient alone", () => {
  it("which operation is wanted, and that it always is", async () => {
    const policy = await train({ operations: ["brightness", "invert", "rotate", "equalize"], length: 1 }, (y, x) =>
      mean(square(sub(y, apply(x, invert())))),
    );
    const [[stage]] = await policy.read();
    const { weight, probability } = stage[1];
    expect(stage.map(({ operation }) => operation)).toEqual(["brightness", "invert", "rotate", "equalize"]);
    expect(weight).toBeGreaterThan(0.9);
    expect(probability).toBeGreaterThan(0.85);
    // What is fixed draws as the policy does: nearly all images are inverted.
    const fixed = sequential([await policy.fixed()]);
    const y = await values(fixed(images(), { step: 0 }));
    const each = SIZE / SHAPE[0];
    const inverted = [0, 1, 2, 3].filter((i) => Math.abs(y[i * each] - (1 - pixels[i * each])) < 1e-5);
    expect(inverted.length).toBeGreaterThanOrEqual(3);
    expect(String(fixed)).toContain("weights");
  });

  it("how strong an operation is to be, either way", async () => {
    // Factors of 1 ± 0.3: a third of the strongest, 0.9.
    const policy = await train(
      { operations: ["brightness"], length: 1, probability: 0.999, magnitude: 0.2 },
      (y, x) => mean(square(sub(abs(sub(y, x)), mul(x, 0.3)))),
      120,
    );
    const [[[{ magnitude }]]] = await policy.read();
    expect(magnitude).toBeCloseTo(1 / 3, 2);
  });

  it("how often it is to be applied", async () => {
    const wanted = 0.3;
    const policy = await train(
      { operations: ["invert"], length: 1, probability: 0.8 },
      (y, x) => square(sub(mean(sub(y, x)), mul(mean(sub(apply(x, invert()), x)), wanted))),
      150,
    );
    const [[[{ probability }]]] = await policy.read();
    expect(Math.abs(probability - wanted)).toBeLessThan(0.1);
  });
});

it("says what it is, and refuses what it cannot be", async () => {
  const { gpu } = device;
  const policy = learnablePolicy(gpu, { operations: ["posterize", "rotate"], subPolicies: 2, length: 3 });
  expect(policy.parameters.map(({ shape }) => shape)).toEqual([
    [6, 2],
    [6, 2],
    [6, 2],
  ]);
  const read = await policy.read();
  expect([read.length, read[0].length, read[0][0].length]).toEqual([2, 3, 2]);
  expect(read[1][2][0]).toEqual({ operation: "posterize", weight: 0.5, probability: 0.5 });
  expect(read[1][2][1].magnitude).toBeCloseTo(0.5, 6);
  expect(() => policy(images(), {} as never)).toThrow(/step/);
  expect(() => policy(images(), { step: 0, samples: [1] })).toThrow(/samples/);
  expect(() => learnablePolicy(gpu, { operations: ["sharpen" as never] })).toThrow(/operations\[0\].*sharpen/);
  expect(() => learnablePolicy(gpu, { operations: ["invert"], temperature: 0 })).toThrow(/temperature/);
  expect(() => learnablePolicy(gpu, { operations: ["invert"], probability: 1 })).toThrow(/probability/);
  expect(() => learnablePolicy(gpu, { operations: ["invert"], subPolicies: 0 })).toThrow(/subPolicies/);
});
